// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.streamrank.inference.endpoint.EndpointAnswer;
import io.streamrank.inference.endpoint.EndpointLimits;
import io.streamrank.inference.endpoint.InvalidAnswerException;
import io.streamrank.inference.model.TextRole;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each API is sent, and what is read of answers in the form that its documentation shows. */
class CodecsTest {
    private static final List<String> TEXTS = List.of("a \"b\"", "c");

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            COHERE | m | {"model":"m","query":"q","documents":["a \\"b\\"","c"]}
            VOYAGE | m | {"model":"m","query":"q","documents":["a \\"b\\"","c"]}
            JINA | m | {"model":"m","query":"q","documents":["a \\"b\\"","c"],"return_documents":false}
            TOGETHER | o/m | {"model":"o/m","query":"q","documents":["a \\"b\\"","c"]}
            TEI | `` | {"query":"q","texts":["a \\"b\\"","c"],"raw_scores":true,"truncate":true}
            """)
    void rerankRequests(Provider provider, String model, String request) {
        byte[] bytes = new RerankCodec(provider, model).request("q", TEXTS);
        assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo(request);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            COHERE | {"id":"07734bd2-2473-4f07-94e1-0d9f0e6843cf","results":[{"index":1,"relevance_score":0.999071},{"index":0,"relevance_score":0.32713068}],"meta":{"api_version":{"version":"2","is_experimental":false},"billed_units":{"search_units":1}}} | 0.32713068 | 0.999071 | 0 | 1
            COHERE | {"id":"x","results":[{"index":0,"document":{"text":"t"},"relevance_score":0.5},{"index":1,"relevance_score":0.25}],"usage":{"total_tokens":34}} | 0.5 | 0.25 | 34 | 0
            VOYAGE | {"object":"list","data":[{"relevance_score":0.4375,"index":0},{"relevance_score":0.421875,"index":1}],"model":"rerank-2.5","usage":{"total_tokens":26}} | 0.4375 | 0.421875 | 26 | 0
            JINA | {"model":"jina-reranker-v2-base-multilingual","object":"list","usage":{"total_tokens":815},"results":[{"index":1,"relevance_score":0.8783},{"index":0,"document":{"text":"x"},"relevance_score":-0.0911}]} | -0.0911 | 0.8783 | 815 | 0
            TOGETHER | {"object":"rerank","id":"9dfa1a09","model":"Salesforce/Llama-Rank-v1","results":[{"index":0,"relevance_score":0.29980177813003117,"document":{"text":"{}"}},{"index":1,"relevance_score":0.2752447527354349,"document":{"text":null}}],"usage":{"prompt_tokens":1837,"completion_tokens":0,"total_tokens":1837}} | 0.29980177813003117 | 0.2752447527354349 | 1837 | 0
            TEI | [{"index":1,"score":2.1},{"index":0,"score":-7.25,"text":"a"}] | -7.25 | 2.1 | 0 | 0
            """)
    void rerankAnswers(Provider provider, String json, double first, double second, long tokens, double units)
            throws Exception {
        EndpointAnswer<double[]> answer = rerank(provider, json);
        assertThat(answer.value()).containsExactly(first, second);
        assertThat(answer.tokens()).isEqualTo(tokens);
        assertThat(answer.searchUnits()).isEqualTo(units);
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"results":[{"index":0,"relevance_score":1}]} | has 1 results where 2 texts were sent
            {"results":[{"index":0,"relevance_score":1},{"index":0,"relevance_score":2}]} | names index 0 twice
            {"results":[{"index":0,"relevance_score":1},{"index":2,"relevance_score":2}]} | names index 2 where 2 texts were sent
            {"results":[{"index":-1,"relevance_score":1}]} | names index -1 where 2 texts were sent
            {"results":[{"index":"0","relevance_score":1}]} | names index "0" where 2 texts were sent
            {"results":[{"relevance_score":1}]} | has a result without an index
            {"results":[{"index":null,"relevance_score":1}]} | has a result without an index
            {"results":[{"index":0,"relevance_score":1},{"index":1,"relevance_score":1},{"index":2,"relevance_score":1}]} | has 3 results where 2 texts were sent
            {"results":[{"index":0,"relevance_score":NaN},{"index":1,"relevance_score":1}]} | has no finite score for text 0
            {"results":[{"index":0,"relevance_score":"1"},{"index":1,"relevance_score":1}]} | has no finite score for text 0
            {"results":{}} | has no list of results
            {"data":[]} | has no list of results
            <html> | is no JSON
            {"results":[ | is no JSON
            7 | is no JSON object
            """)
    void rerankAnswersThatAreRefused(String json, String why) {
        assertThatThrownBy(() -> rerank(Provider.COHERE, json))
                .isInstanceOf(InvalidAnswerException.class)
                .hasMessage(why);
    }

    @ParameterizedTest(name = "{0} {1} {2} {4}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            OPENAI | QUERY | | true | {"model":"m","encoding_format":"base64","input":["a \\"b\\"","c"]}
            OPENAI | PASSAGE | 256 | false | {"model":"m","dimensions":256,"input":["a \\"b\\"","c"]}
            TOGETHER | PASSAGE | | false | {"model":"m","input":["a \\"b\\"","c"]}
            JINA | QUERY | | true | {"model":"m","task":"retrieval.query","embedding_type":"base64","input":["a \\"b\\"","c"]}
            JINA | PASSAGE | 64 | false | {"model":"m","task":"retrieval.passage","dimensions":64,"input":["a \\"b\\"","c"]}
            VOYAGE | QUERY | | true | {"model":"m","input_type":"query","encoding_format":"base64","input":["a \\"b\\"","c"]}
            VOYAGE | PASSAGE | 512 | false | {"model":"m","input_type":"document","output_dimension":512,"input":["a \\"b\\"","c"]}
            COHERE | QUERY | | true | {"model":"m","input_type":"search_query","embedding_types":["base64"],"texts":["a \\"b\\"","c"]}
            COHERE | PASSAGE | 1024 | false | {"model":"m","input_type":"search_document","embedding_types":["float"],"output_dimension":1024,"texts":["a \\"b\\"","c"]}
            TEI | QUERY | | false | {"normalize":true,"truncate":true,"inputs":["a \\"b\\"","c"]}
            """)
    void embedRequests(Provider provider, TextRole role, Integer dimensions, boolean base64, String request) {
        byte[] bytes = new EmbedCodec(provider, "m", dimensions, base64).request(TEXTS, role);
        assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo(request);
    }

    @Test
    void jinasFirstModelsAreToldNoTask() {
        byte[] bytes = new EmbedCodec(Provider.JINA, "jina-embeddings-v2-base-en", null, false)
                .request(List.of("a"), TextRole.QUERY);
        assertThat(new String(bytes, StandardCharsets.UTF_8))
                .isEqualTo("{\"model\":\"jina-embeddings-v2-base-en\",\"input\":[\"a\"]}");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            OPENAI | {"object":"list","data":[{"object":"embedding","index":1,"embedding":[0,5]},{"object":"embedding","embedding":[3.0,4.0],"index":0}],"model":"text-embedding-3-small","usage":{"prompt_tokens":8,"total_tokens":8}} | 8
            JINA | {"model":"jina-embeddings-v3","object":"list","usage":{"total_tokens":10},"data":[{"object":"embedding","index":0,"embedding":[0.3,0.4]},{"object":"embedding","index":1,"embedding":[0,-1e-3]}]} | 10
            OPENAI | {"object":"list","data":[{"object":"embedding","embedding":[3,4]},{"object":"embedding","embedding":[0,5],"index":1}],"model":"gemini-embedding-001"} | 0
            COHERE | {"id":"da6e","texts":["hello","goodbye"],"embeddings":{"float":[[0.6,0.8],[0,1]]},"meta":{"api_version":{"version":"2"},"billed_units":{"input_tokens":2}}} | 2
            VOYAGE | {"object":"list","data":[{"object":"embedding","embedding":[6,8],"index":0},{"object":"embedding","embedding":[0,2],"index":1}],"model":"voyage-3.5","usage":{"total_tokens":10}} | 10
            TEI | [[0.6,0.8],[0.0,1.0]] | 0
            """)
    void embedAnswersBecomeUnitVectors(Provider provider, String json, long tokens) throws Exception {
        EndpointAnswer<List<float[]>> answer = embed(provider, json, 2);
        assertThat(answer.value().get(0)).containsExactly(new float[] {0.6f, 0.8f}, within(1e-6f));
        assertThat(Math.abs(answer.value().get(1)[1])).isEqualTo(1);
        assertThat(answer.tokens()).isEqualTo(tokens);
    }

    @Test
    void vectorsOfBytesAreLittleEndian() throws Exception {
        String one = base64(3, 4);
        String two = base64(0, 1);
        assertThat(embed(
                                Provider.OPENAI,
                                "{\"data\":[{\"index\":0,\"embedding\":\"%s\"},{\"index\":1,\"embedding\":\"%s\"}]}"
                                        .formatted(one, two),
                                2)
                        .value()
                        .get(0))
                .containsExactly(new float[] {0.6f, 0.8f}, within(1e-6f));
        assertThat(embed(Provider.COHERE, "{\"embeddings\":{\"base64\":[\"%s\",\"%s\"]}}".formatted(one, two), 2)
                        .value()
                        .get(1))
                .containsExactly(0, 1);
    }

    @Test
    void aVectorWithoutDirectionIsNoneAndTheOthersStay() throws Exception {
        for (String bad : List.of("[0,0]", "[NaN,1]", "[null,1]", "[1e999,1]")) {
            List<float[]> vectors =
                    embed(Provider.TEI, "[%s,[0,1]]".formatted(bad), 2).value();
            assertThat(vectors.get(0)).as(bad).isNull();
            assertThat(vectors.get(1)).containsExactly(0, 1);
        }
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            [[1,2]] | has 1 vectors where 2 texts were sent
            [[1,2],[1,2,3]] | has a vector of 3 numbers where 2 are expected
            [[1],[2]] | has a vector of 1 numbers where 2 are expected
            ["!!",[1,2]] | has a vector that is no Base64
            [{},[1,2]] | has something else than a vector
            """)
    void embedAnswersThatAreRefused(String json, String why) {
        assertThatThrownBy(() -> embed(Provider.TEI, json, 2))
                .isInstanceOf(InvalidAnswerException.class)
                .hasMessage(why);
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"data":[{"index":1,"embedding":[1]},{"embedding":[2]}]} | names index 1 twice
            {"data":[{"index":"0","embedding":[1]},{"embedding":[2]}]} | names index "0" where 2 texts were sent
            {"data":[{"embedding":[1]}]} | has 1 results where 2 texts were sent
            {"data":[{"embedding":[1]},{"embedding":[2]},{"embedding":[3]}]} | has 3 results where 2 texts were sent
            """)
    void vectorsWhoseTextIsUnclearAreRefused(String json, String why) {
        assertThatThrownBy(() -> embed(Provider.OPENAI, json, 1))
                .isInstanceOf(InvalidAnswerException.class)
                .hasMessage(why);
    }

    @ParameterizedTest(name = "{0} at {1}")
    @CsvSource(delimiter = '|', textBlock = """
            cohere:m | | https://api.cohere.com/v2/rerank
            voyage:m | | https://api.voyageai.com/v1/rerank
            jina:m | | https://api.jina.ai/v1/rerank
            together:o/m | | https://api.together.ai/v1/rerank
            tei:http://host:8080/ | | http://host:8080/rerank
            cohere:m | http://vllm:8000 | http://vllm:8000/v2/rerank
            cohere:m | http://vllm:8000/v1/ | http://vllm:8000/v1/rerank
            cohere:m | http://infinity:7997/rerank | http://infinity:7997/rerank
            """)
    void rerankAddresses(String uri, String endpoint, String address) throws Exception {
        assertThat(spec(uri, endpoint).rerank().address()).hasToString(address);
    }

    @ParameterizedTest(name = "{0} at {1}")
    @CsvSource(delimiter = '|', textBlock = """
            openai:m | | https://api.openai.com/v1/embeddings
            openai:m | http://ollama:11434/v1 | http://ollama:11434/v1/embeddings
            openai:m | http://vllm:8000 | http://vllm:8000/v1/embeddings
            openai:m | http://infinity:7997/embeddings/ | http://infinity:7997/embeddings
            cohere:m | | https://api.cohere.com/v2/embed
            tei:http://host:8080 | | http://host:8080/embed
            """)
    void embedAddresses(String uri, String endpoint, String address) throws Exception {
        assertThat(spec(uri, endpoint).embed().address()).hasToString(address);
    }

    private static HostedSpec spec(String uri, String endpoint) {
        return new HostedSpec(uri, endpoint, null, new EndpointLimits(0, 0, 8), Duration.ofSeconds(10), null, "", "");
    }

    private static EndpointAnswer<double[]> rerank(Provider provider, String json) throws InvalidAnswerException {
        return new RerankCodec(provider, "m").read(json.getBytes(StandardCharsets.UTF_8), 2);
    }

    private static EndpointAnswer<List<float[]>> embed(Provider provider, String json, int dimension)
            throws InvalidAnswerException {
        return new EmbedCodec(provider, "m", null, false).read(json.getBytes(StandardCharsets.UTF_8), 2, dimension);
    }

    private static String base64(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
