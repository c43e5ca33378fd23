// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.codec.Limits;
import io.streamrank.gateway.http.HttpSettings;
import io.streamrank.gateway.query.GatewayInputException;
import io.streamrank.gateway.query.Timeouts;
import io.streamrank.gateway.testing.TestGateway;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class GatewayCommandTest {
    @Test
    void listensToThisMachineByDefault() {
        GatewayConfig config = config();

        assertThat(config.http().host()).isEqualTo("127.0.0.1");
        assertThat(config.http().port()).isEqualTo(8080);
        assertThat(config.http().keys()).isNull();
        assertThat(config.kafka().repliesTopic()).isEqualTo("streamrank-replies");
        assertThat(config.kafka().newPartitions()).isEqualTo(12);
        assertThat(config.timeouts()).isEqualTo(Timeouts.defaults());
        assertThat(config.maxInFlight()).isEqualTo(256);
    }

    @Test
    void takesWhatItIsTold(@TempDir Path folder) throws Exception {
        Path keys = Files.writeString(folder.resolve("keys"), "one\n");
        Path client = Files.writeString(folder.resolve("client"), "security.protocol=SSL\n");

        GatewayConfig config = config(
                "--host=0.0.0.0",
                "--api-keys-file=" + keys,
                "--documents-keys-file=" + keys,
                "--command-config=" + client,
                "--partition=3",
                "--timeout=1.5",
                "--max-timeout=30",
                "--max-body-bytes=2000000",
                "--max-documents=2000");

        assertThat(config.http().keys()).isNotNull();
        assertThat(config.kafka().properties()).containsEntry("security.protocol", "SSL");
        assertThat(config.kafka().replyPartition()).isEqualTo(3);
        assertThat(config.timeouts()).isEqualTo(new Timeouts(Duration.ofMillis(1_500), Duration.ofSeconds(30)));
        assertThat(config.limits().recordBytes()).isEqualTo(2_000_000);
        assertThat(config.limits().inlineDocuments()).isEqualTo(2_000);
        assertThat(config.limits().topN()).isEqualTo(2_000);
    }

    @Test
    void saysWhatIsWrong(@TempDir Path folder) throws Exception {
        assertRefused("--port must be a whole number in [0, 65535] but is 70000", "--port=70000");
        assertRefused("--max-in-flight must be a whole number in [1, 100000] but is 0", "--max-in-flight=0");
        assertRefused("--timeout must be a number of seconds in [0.001, 3600] but is 0.0", "--timeout=0");
        assertRefused("--timeout is 90.0 s but must not exceed --max-timeout, 60.0 s", "--timeout=90");
        Path missing = folder.resolve("none");
        assertRefused(missing + " does not exist: give a file of API keys, one a line", "--api-keys-file=" + missing);
        assertRefused(
                missing + " does not exist: give a file of client properties, name=value, one a line",
                "--command-config=" + missing);
        assertRefused(folder + " is a directory: give a file of API keys, one a line", "--api-keys-file=" + folder);
        assertRefused(
                folder + " is a directory: give a file of client properties, name=value, one a line",
                "--command-config=" + folder);
    }

    @Test
    void takesTheJobsLimits() {
        Limits limits = config(
                        "--max-documents=500",
                        "--limit=query-chars=20000",
                        "--limit=fields=65",
                        "--limit=field-chars=300000",
                        "--limit=metadata-size=32768",
                        "--limit=filter-depth=9",
                        "--limit=filter-conditions=300",
                        "--limit=candidates=2000",
                        "--limit=top-n=700")
                .limits();

        assertThat(limits).isEqualTo(new Limits(1 << 20, 20_000, 500, 65, 300_000, 32_768, 9, 300, 2_000, 700));
        assertThat(config().limits()).isEqualTo(Limits.defaults());
    }

    /** The page is generated from the job's options. */
    @TestFactory
    Stream<DynamicTest> everyLimitOfTheJobHasItsRangeHere() throws Exception {
        String page = Files.readString(Path.of("..", "..", "docs", "configuration.md"));
        List<MatchResult> limits = Pattern.compile(
                        "(?m)^\\| `limits\\.([a-z-]+)` \\| [^|]* \\| a whole number from (\\d+) to (\\d+) \\|")
                .matcher(page)
                .results()
                .filter(limit -> !limit.group(1).equals("inline-documents"))
                .toList();
        assertThat(limits).hasSize(7);
        assertThat(page)
                .contains(
                        "| `limits.metadata-size` | `16 kb` | a size with its unit (bytes, kb, mb) from 0 bytes to 1 mb |");
        return Stream.concat(
                limits.stream().map(limit -> range(limit.group(1), limit.group(2), limit.group(3))),
                Stream.of(range("metadata-size", "0", "1048576")));
    }

    private static DynamicTest range(String name, String least, String most) {
        return DynamicTest.dynamicTest(name, () -> {
            int min = Integer.parseInt(least);
            int max = Integer.parseInt(most);
            String range = "--limit %s must be a whole number in [%d, %d] but is ".formatted(name, min, max);
            assertThat(config("--max-documents=1", "--limit", name + "=" + min)).isNotNull();
            assertThat(config("--max-documents=1", "--limit", name + "=" + max)).isNotNull();
            assertRefused(range + (min - 1), "--limit", name + "=" + (min - 1));
            assertRefused(range + (max + 1), "--limit", name + "=" + (max + 1));
        });
    }

    @Test
    void saysWhichLimitsThereAre() {
        assertRefused(
                "--limit knows no query-char: give one of query-chars, fields, field-chars, metadata-size, filter-depth, filter-conditions, candidates, top-n",
                "--limit=query-char=9");
        assertRefused(
                "--limit top-n is 10 but must not be less than --max-documents, 1000, as the rerank routes ask for all documents",
                "--limit=top-n=10");
    }

    @Test
    void readsFilesThatBeginWithAByteOrderMark(@TempDir Path folder) throws Exception {
        Path keys = Files.writeString(folder.resolve("keys"), "\uFEFFsecret\r\n");
        Path client = Files.writeString(folder.resolve("client"), "\uFEFFsecurity.protocol=SSL\r\n");

        GatewayConfig config = config("--api-keys-file=" + keys, "--command-config=" + client);

        assertThat(config.kafka().properties()).containsExactlyEntriesOf(Map.of("security.protocol", "SSL"));
        try (TestGateway gateway = new TestGateway(
                new HttpSettings(
                        HttpSettings.LOOPBACK,
                        0,
                        config.http().keys(),
                        null,
                        false,
                        1 << 20,
                        1 << 20,
                        HttpSettings.BODY_TIMEOUT,
                        100),
                1)) {
            assertThat(gateway.get("/v1/models", "Authorization", "Bearer secret")
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void saysWhatAFileIsIfItIsNoTextInUtf8(@TempDir Path folder) throws Exception {
        Path little = Files.write(folder.resolve("little"), "\uFEFFsecret\n".getBytes(StandardCharsets.UTF_16LE));
        Path big = Files.write(folder.resolve("big"), "\uFEFFü\n".getBytes(StandardCharsets.UTF_16BE));
        Path unmarked = Files.write(folder.resolve("unmarked"), "secret\n".getBytes(StandardCharsets.UTF_16LE));
        Path latin = Files.write(folder.resolve("latin"), "ü=1\n".getBytes(StandardCharsets.ISO_8859_1));
        Path escape = Files.writeString(folder.resolve("escape"), "a=\\u12\n");

        for (Path file : List.of(little, big, unmarked)) {
            assertRefused(file + " is in UTF-16, or is no text: save it as UTF-8", "--api-keys-file=" + file);
            assertRefused(file + " is in UTF-16, or is no text: save it as UTF-8", "--command-config=" + file);
        }
        assertRefused(latin + " is not in UTF-8: save it as UTF-8", "--documents-keys-file=" + latin);
        assertRefused(
                escape + " cannot be read as a file of client properties: write name=value, one a line",
                "--command-config=" + escape);
    }

    private static void assertRefused(String message, String... args) {
        assertThatThrownBy(() -> config(args))
                .isInstanceOf(GatewayInputException.class)
                .hasMessage(message);
    }

    @Test
    void wrongInputHasACodeOfItsOwn() {
        CommandLine line = Gateway.commandLine();
        StringWriter said = new StringWriter();
        line.setErr(new PrintWriter(said));

        assertThat(line.execute("--host=0.0.0.0")).isEqualTo(2);
        assertThat(said.toString()).startsWith("the gateway would serve everyone who reaches 0.0.0.0");
        assertThat(line.execute("--nothing")).isEqualTo(2);
    }

    /** As the image's own command asks it to. */
    @Test
    void explainsItselfAloneToo() {
        CommandLine line = Gateway.commandLine();
        StringWriter said = new StringWriter();
        line.setOut(new PrintWriter(said, true));

        assertThat(line.execute("--help")).isZero();
        assertThat(said.toString()).startsWith("Usage: gateway").contains("--bootstrap-servers", "--version");
        said.getBuffer().setLength(0);
        assertThat(line.execute("--version")).isZero();
        assertThat(said.toString()).startsWith("streamrank ");
    }

    @Test
    void anAddressWithoutAPortIsWrongInput() {
        CommandLine line = Gateway.commandLine();
        StringWriter said = new StringWriter();
        line.setErr(new PrintWriter(said, true));

        assertThat(line.execute("--bootstrap-servers=kafka")).isEqualTo(2);
        assertThat(said.toString())
                .startsWith("Kafka's client refuses kafka: ")
                .contains(
                        "bootstrap.servers: kafka; check --bootstrap-servers, and the properties in --command-config");
    }

    private static GatewayConfig config(String... args) {
        GatewayCommand command = new GatewayCommand();
        new CommandLine(command).parseArgs(args);
        return command.config();
    }
}
