// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.gateway.query.GatewayInputException;
import io.streamrank.gateway.query.Timeouts;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
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
        assertRefused(
                missing + " cannot be read as a file of API keys: write one key a line, in UTF-8",
                "--api-keys-file=" + missing);
        assertRefused(
                missing + " cannot be read as a file of client properties: write name=value, one a line",
                "--command-config=" + missing);
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

    private static GatewayConfig config(String... args) {
        GatewayCommand command = new GatewayCommand();
        new CommandLine(command).parseArgs(args);
        return command.config();
    }
}
