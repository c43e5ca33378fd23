// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.inference.model.ModelException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointFailureTest {
    private static final EndpointSpec SPEC = new EndpointSpec(
            "cohere:bge",
            URI.create("http://user:hush@vlm:8000/v2/rerank?key=hush"),
            null,
            new EndpointLimits(0, 0, 1),
            Duration.ofSeconds(1));
    private static final String AT = "cohere:bge at http://vlm:8000/v2/rerank ";

    /** Bodies as the providers document them. */
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            401 | {"message":"invalid api token","id":"1"} | KEY | answered with status 401: invalid api token
            422 | {"detail":[{"loc":["body"],"msg":"bad"}]} | REQUEST | answered with status 422: [{"loc":["body"],"msg":"bad"}]
            400 | {"detail":"Model foo is not supported."} | REQUEST | answered with status 400: Model foo is not supported.
            429 | {"error":{"message":"Too many","type":"t","param":null,"code":"dynamic_request_limited"}} | BUSY | answered with status 429: dynamic_request_limited: Too many
            429 | {"error":{"message":"You exceeded your current quota","type":"insufficient_quota","param":null,"code":"insufficient_quota"}} | SETUP | answered with status 429: insufficient_quota: You exceeded your current quota
            402 | {"message":"payment"} | SETUP | answered with status 402: payment
            413 | {"error":"batch size 40 > maximum allowed batch size 32","error_type":"Validation"} | REQUEST | answered with status 413: batch size 40 > maximum allowed batch size 32
            404 | Not Found | SETUP | answered with status 404: Not Found
            302 | | SETUP | answered with status 302
            503 | <html>busy</html> | FAULT | answered with status 503
            408 | {} | FAULT | answered with status 408: {}
            """)
    void aStatusAndWhatTheProviderSays(int status, String body, EndpointFailure.Kind kind, String why) {
        byte[] bytes = body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
        EndpointFailure failure = EndpointFailure.ofStatus(status, RetryHints.NONE, bytes, "");
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.why()).isEqualTo(why);
        assertThat(failure.label()).isEqualTo(Integer.toString(status));
    }

    @Test
    void whatIsQuotedIsShortAndHasNoKey() {
        String said = "{\"message\":\"key sk-12345 is wrong, header was Bearer sk-other " + "x".repeat(900) + "\"}";
        EndpointFailure failure =
                EndpointFailure.ofStatus(401, RetryHints.NONE, said.getBytes(StandardCharsets.UTF_8), "sk-12345");
        assertThat(failure.why())
                .startsWith("answered with status 401: key *** is wrong, header was Bearer *** xxx")
                .hasSizeLessThan(EndpointFailure.MOST_CHARS + 40)
                .doesNotContain("sk-");
        assertThat(EndpointFailure.ofConnection(new IllegalStateException("no route for sk-12345"), "sk-12345")
                        .why())
                .isEqualTo("cannot be reached (no route for ***)");
    }

    @Test
    void aConnectionThatFailsIsToldInWordsWithTheAddress() {
        assertThat(unreached(new ConnectException())).isEqualTo("(the connection was refused or closed)");
        assertThat(unreached(connect(new ClosedChannelException())))
                .isEqualTo("(the connection was refused or closed)");
        assertThat(unreached(connect(new UnresolvedAddressException()))).isEqualTo("(the host is unknown)");
        assertThat(unreached(new UnknownHostException("vlm"))).isEqualTo("(the host is unknown)");
        assertThat(unreached(new ConnectException("Connection refused"))).isEqualTo("(Connection refused)");
        assertThat(unreached(new IOException(new ClosedChannelException())))
                .isEqualTo("(the connection was refused or closed)");
        assertThat(unreached(new IOException("PKIX failed: sun.security.SunCertPathBuilderException: no path")))
                .isEqualTo("(PKIX failed: no path)");
    }

    private static String unreached(Throwable failure) {
        String told = EndpointFailure.ofConnection(failure, "").exception(SPEC).getMessage();
        assertThat(told).startsWith(AT + "cannot be reached (").endsWith(").");
        return told.substring(told.indexOf('('), told.length() - 1);
    }

    /** As Java's client makes them. */
    private static ConnectException connect(Exception cause) {
        ConnectException exception = new ConnectException();
        exception.initCause(cause);
        return exception;
    }

    @Test
    void theAddressIsToldOnlyWhereItMayBeWrong() {
        assertThat(told(404))
                .isEqualTo(AT + "answered with status 404; check the model's name, the endpoint and the account.");
        assertThat(told(302)).startsWith(AT + "answered with status 302; check the model's name");
        assertThat(told(401)).isEqualTo("cohere:bge answered with status 401; check the key.");
        assertThat(told(422)).isEqualTo("cohere:bge answered with status 422.");
        assertThat(told(503)).isEqualTo("cohere:bge answered with status 503.");
        assertThat(EndpointFailure.ofTimeout(700).exception(SPEC)).hasMessage(AT + "did not answer within 700 ms.");
        assertThat(EndpointFailure.ofAnswer(new InvalidAnswerException("is no JSON"), "")
                        .exception(SPEC, URI.create("http://vlm:8000/info")))
                .hasMessage(
                        "cohere:bge at http://vlm:8000/info gave an answer that is no JSON; check the endpoint and its"
                                + " API.");
    }

    private static String told(int status) {
        return EndpointFailure.ofStatus(status, RetryHints.NONE, new byte[0], "")
                .exception(SPEC)
                .getMessage();
    }

    @Test
    void theLogOfWaitingDocumentsHasTheAddress() {
        List<String> logged = new ArrayList<>();
        EndpointCall<Object> call =
                new EndpointCall<>(SPEC, new byte[0], 1, Urgency.DOCUMENT, Long.MAX_VALUE, body -> null);

        new WaitingLog(logged::add).add(call, EndpointFailure.ofConnection(new ConnectException(), ""), 3, 0);

        assertThat(logged)
                .containsExactly(
                        "Documents wait for cohere:bge at http://vlm:8000/v2/rerank, which cannot be reached (the"
                                + " connection was refused or closed). 3 requests wait, and are sent until it answers.");
    }

    @Test
    void aSecretIsReadWhereItIsAndNeverShown(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("keys"), "cohere = abc-123 \nempty=\nodd=a\\nb");
        SecretReference key = new SecretReference("${file:" + file + ":cohere}");
        assertThat(key.read()).isEqualTo("abc-123");
        assertThat(key.startsWith("abc-")).isTrue();
        assertThat(key.toString()).isEqualTo("${file:" + file + ":cohere}");
        Files.writeString(file, "cohere=def");
        assertThat(key.read()).isEqualTo("def");
        assertThatThrownBy(() -> new SecretReference("${file:" + file + ":empty}").read())
                .isInstanceOf(ModelException.class)
                .hasMessage("${file:" + file + ":empty} holds no API key; set it on every machine of the cluster.");
        assertThatThrownBy(() -> new SecretReference("${file:/nowhere/at/all:k}").read())
                .isInstanceOf(ModelException.class)
                .hasMessage("${file:/nowhere/at/all:k} cannot be read (NoSuchFileException); put the file on every"
                        + " machine of the cluster.");
        assertThatThrownBy(() -> new SecretReference("${env:STREAMRANK_NO_SUCH_VARIABLE}").read())
                .hasMessage("${env:STREAMRANK_NO_SUCH_VARIABLE} holds no API key; set it on every machine of the"
                        + " cluster.");
        assertThatThrownBy(() -> new SecretReference("abc-123")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aKeyWithALineBreakIsRefusedAndNotQuoted(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("keys"), "odd=a\\nb");
        assertThatThrownBy(() -> new SecretReference("${file:" + file + ":odd}").read())
                .hasMessage("${file:" + file + ":odd} holds characters that no API key has; check it.");
    }

    @ParameterizedTest(name = "{0} goes to {1}")
    @CsvSource({
        "https://api.cohere.com/v2/rerank, proxy.example:3128",
        "http://tei:8080/rerank, other:80",
        "http://localhost:8080/rerank, ",
        "http://127.0.0.1:8080/rerank, ",
        "https://a.internal/x, ",
        "https://internal/x, ",
        "https://notinternal/x, proxy.example:3128",
    })
    void proxiesAreThoseOfTheEnvironment(String address, String proxy) {
        EnvironmentProxies proxies = new EnvironmentProxies(Map.of(
                "HTTPS_PROXY", "http://proxy.example:3128", "http_proxy", "other", "NO_PROXY", "x.org, .internal"));
        List<Proxy> expected = proxy == null
                ? List.of(Proxy.NO_PROXY)
                : List.of(new Proxy(
                        Proxy.Type.HTTP,
                        InetSocketAddress.createUnresolved(
                                proxy.split(":", -1)[0], Integer.parseInt(proxy.split(":", -1)[1]))));
        assertThat(proxies.select(URI.create(address))).isEqualTo(expected);
    }
}
