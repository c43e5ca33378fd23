// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.config.option.ConfigException;
import io.streamrank.inference.endpoint.EndpointLimits;
import io.streamrank.inference.endpoint.SecretReference;
import io.streamrank.inference.hosted.HostedSpec;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostedOptionsTest {
    private static final String SECRET = "sk-live-8264";

    @Test
    void aModelBehindAnApiNeedsItsUriAndAKey() {
        JobConfig config =
                config("models.reranker.uri=cohere:rerank-v4.0-pro; models.reranker.api-key=${env:COHERE_API_KEY}");
        assertThat(config.hostedReranker())
                .isEqualTo(new HostedSpec(
                        "cohere:rerank-v4.0-pro",
                        null,
                        new SecretReference("${env:COHERE_API_KEY}"),
                        new EndpointLimits(0, 0, 8),
                        Duration.ofSeconds(10),
                        null,
                        "",
                        ""));
        assertThat(config.hostedEmbedder()).isNull();
        assertThat(config.rerank().retrievalWeight()).isZero();
        assertThat(config.models().hosted().reranker()).isNotNull();
        assertThat(config.models().hosted().embedder()).isNull();
    }

    @Test
    void theKeyIsNotReadWhereTheJobIsSubmitted() {
        String key = "${env:COHERE_API_KEY}";
        JobConfig config = JobConfig.of(
                Map.of(
                        "kafka.bootstrap-servers", "a:1",
                        "models.reranker.uri", "cohere:r",
                        "models.reranker.api-key", key),
                Map.of("COHERE_API_KEY", SECRET));
        assertThat(config.toString()).contains(key).doesNotContain(SECRET);
    }

    @Test
    void aLocalModelCanCutBeforeOneBehindAnApi() {
        JobConfig config =
                config("models.reranker.uri=tei:http://host:8080; models.cascade.uri=builtin:streamrank-minilm-l6-v2");
        assertThat(config.models().firstStage()).isNotNull();
        assertThat(config.models().hosted().reranker()).isNotNull();
    }

    @Test
    void prefixesStayWhereAnApiKnowsNoRoles() {
        HostedSpec spec = config("models.embedder.uri=openai:e; models.embedder.endpoint=http://vllm:8000;"
                        + " models.embedder.query-prefix=query: ")
                .hostedEmbedder();
        assertThat(spec).isNotNull();
        assertThat(spec.queryPrefix()).isEqualTo("query: ");
    }

    @Test
    void anUnderscoreBehindTheHostIsNoTrouble() {
        JobConfig config = config("models.reranker.uri=tei:http://tei-rerank:80/my_model");

        assertThat(config.hostedReranker()).isNotNull();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            models.reranker.uri=cohere:r | models.reranker.api-key is required for cohere:r: ${env:NAME} or ${file:/path:key}, such as ${env:COHERE_API_KEY}
            models.reranker.uri=cohere:r; models.reranker.api-key=sk-live-8264 | models.reranker.api-key holds a literal secret or a reference of another kind; write ${env:NAME} or ${file:/path:key}, which the job resolves on the machine where the model is used
            models.reranker.uri=cohere:r; models.reranker.api-key=${COHERE_API_KEY} | models.reranker.api-key holds a literal secret or a reference of another kind; write ${env:NAME} or ${file:/path:key}, which the job resolves on the machine where the model is used
            models.reranker.uri=openai:gpt | models.reranker.uri must be builtin:name, hf:org/name[@revision], file:/directory or another file system's URI such as s3://bucket/model, without a password, or cohere:model, voyage:model, jina:model, together:model or tei:http://host:port for an API: "openai:gpt"
            models.cascade.uri=cohere:r | models.cascade.uri must be builtin:name, hf:org/name[@revision], file:/directory or another file system's URI such as s3://bucket/model, without a password: "cohere:r"
            models.reranker.endpoint=http://a:1 | models.reranker.endpoint is for a model behind an API, but models.reranker.uri is builtin:streamrank-minilm-l6-v2; leave it out, or change the URI
            models.embedder.dimensions=3 | models.embedder.dimensions is for a model behind an API, but models.embedder.uri is builtin:bge-small-en-v1.5; leave it out, or change the URI
            models.reranker.uri=tei:http://a:1; models.reranker.file=x.onnx | models.reranker.file is for a model that the job loads, but models.reranker.uri is tei:http://a:1; leave it out, or change the URI
            models.reranker.uri=tei:http://a:1; models.reranker.endpoint=http://b:2 | models.reranker.endpoint is not for tei:http://a:1, whose URI has the address; leave it out
            models.reranker.uri=tei:http://a:1; rerank.long-documents=chunk | rerank.long-documents must be truncate for tei:http://a:1, as the job cannot count the tokens of a model behind an API: "chunk"
            models.reranker.uri=cohere:r; models.reranker.endpoint=http://user:pw@a:1 | models.reranker.endpoint must be an address such as http://host:8000, without user and password: "http://***@a:1"
            models.reranker.uri=cohere:r; models.reranker.endpoint=http://my_vllm:8000/v1 | models.reranker.endpoint must have no underscore in the name of its host; give the host an alias with a hyphen: "http://my_vllm:8000/v1"
            reply.endpoint=http://my_llm:8000/v1; reply.model=m | reply.endpoint must have no underscore in the name of its host; give the host an alias with a hyphen: "http://my_llm:8000/v1"
            models.reranker.uri=tei:http://tei_rerank:80 | models.reranker.uri must have no underscore in the name of its host; give the host an alias with a hyphen: "tei:http://tei_rerank:80"
            models.reranker.uri=tei:http://user:pw@a:1 | models.reranker.uri must be tei: and an address such as http://host:8000, without user and password: "tei:http://***@a:1"
            models.embedder.uri=tei:http://user:pw@a_b:1 | models.embedder.uri must be tei: and an address such as http://host:8000, without user and password: "tei:http://***@a_b:1"
            models.embedder.uri=tei:http://a:1/x?y=z | models.embedder.uri must be tei: and an address such as http://host:8000, without user and password: "tei:http://a:1/x?y=z"
            models.embedder.uri=tei:https:///x | models.embedder.uri must be tei: and an address such as http://host:8000, without user and password: "tei:https:///x"
            models.embedder.uri=cohere:e; models.embedder.api-key=${env:K}; models.embedder.passage-prefix=x | models.embedder.passage-prefix is not for cohere:e, as the job tells cohere whether a text is a query or a document; leave it out
            models.reranker.uri=tei:https://u:${COHERE_API_KEY}@tei; models.reranker.file=x.onnx | models.reranker.file is for a model that the job loads, but models.reranker.uri is tei:https://***@tei; leave it out
            models.reranker.uri=tei:http://a:1/${COHERE_API_KEY}; models.reranker.file=x.onnx | models.reranker.file is for a model that the job loads, but models.reranker.uri is tei:http://a:1/${COHERE_API_KEY}; leave it out
            models.reranker.uri=s3a://u:sk-live-8264@bucket/m | models.reranker.uri must be builtin:name, hf:org/name[@revision], file:/directory or another file system's URI such as s3://bucket/model, without a password, or cohere:model, voyage:model, jina:model, together:model or tei:http://host:port for an API: "s3a://***@bucket/m"
            models.reranker.uri=tei:http://a:1; models.reranker.max-in-flight=0 | models.reranker.max-in-flight must be a whole number from 1 to 1000: "0"
            """)
    void wrongCombinationsAreOneSentence(String settings, String problem) {
        assertThatThrownBy(() -> config(settings))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(problem)
                .hasMessageNotContaining(SECRET);
    }

    private static JobConfig config(String settings) {
        Map<String, String> written = new HashMap<>(Map.of("kafka.bootstrap-servers", "a:1"));
        Arrays.stream(settings.split(";", -1))
                .map(setting -> setting.stripLeading().split("=", 2))
                .forEach(setting -> written.put(setting[0], setting[1]));
        return JobConfig.of(written, Map.of("COHERE_API_KEY", SECRET));
    }
}
