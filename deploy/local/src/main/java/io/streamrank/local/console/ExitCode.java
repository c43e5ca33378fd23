// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.console;

import io.streamrank.config.InputFileException;
import io.streamrank.config.option.ConfigException;
import io.streamrank.gateway.query.GatewayInputException;
import io.streamrank.gateway.query.GatewayStartException;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.ModelOutOfReachException;
import io.streamrank.kafka.TopicException;
import java.util.List;
import java.util.OptionalInt;
import org.apache.flink.util.SerializedThrowable;

/** Decides the exit code of the launcher's process, for scripts. */
public final class ExitCode {
    public static final int DONE = 0;
    public static final int FAILED = 1;
    public static final int WRONG_INPUT = 2;

    /** Everything was done but for records that could not be used. */
    public static final int SOME_REFUSED = 3;

    /** By Ctrl-C or kill before it was done; as shells have it. */
    public static final int STOPPED = 130;

    /** What nobody can help just now comes before what it extends. */
    private static final List<Failure> FAILURES = List.of(
            new Failure(TopicException.class, FAILED),
            new Failure(ModelOutOfReachException.class, FAILED),
            new Failure(FailedException.class, FAILED),
            new Failure(GatewayStartException.class, FAILED),
            new Failure(ModelException.class, WRONG_INPUT),
            new Failure(ConfigException.class, WRONG_INPUT),
            new Failure(InputFileException.class, WRONG_INPUT),
            new Failure(GatewayInputException.class, WRONG_INPUT),
            new Failure(InputException.class, WRONG_INPUT));

    private record Failure(Class<? extends Throwable> type, int exitCode) {
        boolean isOf(Throwable cause) {
            return type.isInstance(cause)
                    || (cause instanceof SerializedThrowable packed
                            && packed.getOriginalErrorClassName().equals(type.getName()));
        }
    }

    private ExitCode() {}

    /** Returns the code of a failure whose message is a sentence for the user; empty for any other one. */
    static OptionalInt of(Throwable cause) {
        return FAILURES.stream()
                .filter(failure -> failure.isOf(cause))
                .mapToInt(Failure::exitCode)
                .findFirst();
    }
}
