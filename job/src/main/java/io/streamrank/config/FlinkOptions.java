// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import io.streamrank.config.option.Option;
import io.streamrank.config.option.PassThrough;
import io.streamrank.config.option.Settings;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.util.TimeUtils;
import org.jspecify.annotations.Nullable;

/** Reads the settings for Flink under {@code flink.}, sets the job's own defaults, and refuses secrets. */
final class FlinkOptions {
    static final String PREFIX = "flink.";
    static final PassThrough SETTINGS = new PassThrough(
            PREFIX,
            "Flink's settings for this job. The job sets execution.checkpointing.interval to 10 s,"
                    + " execution.checkpointing.snapshot-compression to true and execution.buffer-timeout.interval to 0 ms"
                    + " unless you set them. Without compression Flink reads the corpus back one byte at a time. The job always"
                    + " sets pipeline.generic-types to false. With delivery at-least-once it sets execution.checkpointing.tolerable-failed-checkpoints to"
                    + " 2147483647 unless you set it. Answers then need no checkpoint. If the checkpoint storage fails, the"
                    + " next restart repeats more work, and an alert reports the checkpoint's age. With exactly-once that"
                    + " number is 0, as in Flink: a failed checkpoint restarts the job, so that its transactions do not"
                    + " expire. The job then also sets execution.checkpointing.mode to EXACTLY_ONCE, over the cluster's"
                    + " setting. The job refuses secrets here, because Flink shows a job's settings. Put them into the"
                    + " cluster's own configuration.");

    private static final Duration INTERVAL = Duration.ofSeconds(10);
    /**
     * Sends each record at once, so that a single query does not wait in a half-full network buffer, by default 100 ms a hop.
     * A short time is no better than none: a thread for each subtask would wake up that often, records or not; with 1 ms that
     * took a sixteenth of two cores. Records are few here, and each costs far more than to send it.
     */
    private static final Duration BUFFER_TIMEOUT = Duration.ZERO;

    private FlinkOptions() {}

    static Map<String, String> read(Settings settings) {
        Map<String, String> flink = new TreeMap<>();
        settings.below(PREFIX).forEach((name, text) -> {
            String value = check(settings, name, text);
            if (value != null) {
                flink.put(name, value);
            }
        });
        flink.putIfAbsent(CheckpointingOptions.CHECKPOINTING_INTERVAL.key(), TimeUtils.formatWithHighestUnit(INTERVAL));
        flink.putIfAbsent(ExecutionOptions.BUFFER_TIMEOUT.key(), TimeUtils.formatWithHighestUnit(BUFFER_TIMEOUT));
        // Without it Flink reads and writes operator state byte by byte, each of them a call of the operating system on
        // a restore.
        flink.putIfAbsent(ExecutionOptions.SNAPSHOT_COMPRESSION.key(), "true");
        flink.put(PipelineOptions.GENERIC_TYPES.key(), "false");
        boolean exactlyOnce = settings.get(KafkaOptions.DELIVERY) == KafkaOptions.Delivery.EXACTLY_ONCE;
        flink.putIfAbsent(
                CheckpointingOptions.TOLERABLE_FAILURE_NUMBER.key(),
                Integer.toString(exactlyOnce ? 0 : Integer.MAX_VALUE));
        if (exactlyOnce) {
            // Else the cluster's own would count.
            flink.putIfAbsent(
                    CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE.key(), CheckpointingMode.EXACTLY_ONCE.name());
        }
        Configuration configuration = Configuration.fromMap(flink);
        Duration interval = read(
                settings,
                configuration,
                CheckpointingOptions.CHECKPOINTING_INTERVAL,
                INTERVAL,
                "a time with its unit, such as 10 s");
        CheckpointingMode mode = read(
                settings,
                configuration,
                CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE,
                CheckpointingMode.EXACTLY_ONCE,
                "EXACTLY_ONCE or AT_LEAST_ONCE");
        int unused = read(
                settings,
                configuration,
                CheckpointingOptions.TOLERABLE_FAILURE_NUMBER,
                0,
                "a whole number, of checkpoints in a row");
        if (exactlyOnce) {
            checkTransactions(settings, interval, mode);
        }
        return flink;
    }

    private static @Nullable String check(Settings settings, String name, String text) {
        String key = PREFIX + name;
        if (name.isEmpty()) {
            settings.problem(key + " lacks the name of a Flink setting after its dot");
        } else if (name.equals(PipelineOptions.GENERIC_TYPES.key()) && !text.equals("false")) {
            settings.problem(key + " must be false, or later versions could not read the job's state");
        } else if (Secrets.namedBy(name) || Secrets.assignedIn(text) || Secrets.inAddress(text)) {
            settings.problem(
                    key + " holds a secret, and a job's settings are visible to all who see the job; set it in the"
                            + " cluster's own configuration");
        } else {
            return settings.resolve(key, text);
        }
        return null;
    }

    private static void checkTransactions(Settings settings, Duration interval, CheckpointingMode mode) {
        String delivery = KafkaOptions.DELIVERY.key() + " " + Option.name(KafkaOptions.Delivery.EXACTLY_ONCE);
        if (interval.isZero() || interval.isNegative()) {
            settings.problem(delivery + " needs checkpoints, which commit its transactions; " + PREFIX
                    + CheckpointingOptions.CHECKPOINTING_INTERVAL.key() + " turns them off: \""
                    + TimeUtils.formatWithHighestUnit(interval) + "\"");
            return;
        }
        if (mode != CheckpointingMode.EXACTLY_ONCE) {
            settings.problem(delivery + " needs " + PREFIX + CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE.key()
                    + " EXACTLY_ONCE: \"" + mode + "\"");
        }
        Duration timeout = settings.get(KafkaOptions.TRANSACTION_TIMEOUT);
        settings.rule(
                timeout.compareTo(interval.plus(KafkaOptions.RESTART)) > 0,
                KafkaOptions.TRANSACTION_TIMEOUT.key()
                        + " must be longer than the checkpoint interval and a restart together ("
                        + TimeUtils.formatWithHighestUnit(interval) + " + "
                        + TimeUtils.formatWithHighestUnit(KafkaOptions.RESTART)
                        + "), or the broker drops results before they are committed: \""
                        + TimeUtils.formatWithHighestUnit(timeout) + "\"",
                KafkaOptions.TRANSACTION_TIMEOUT);
    }

    private static <T> T read(
            Settings settings, Configuration configuration, ConfigOption<T> option, T standIn, String values) {
        try {
            return configuration.getOptional(option).orElse(standIn);
        } catch (IllegalArgumentException wrong) {
            settings.problem(PREFIX + option.key() + " must be " + values + ": "
                    + settings.quoted(settings.below(PREFIX).get(option.key())));
            return standIn;
        }
    }
}
