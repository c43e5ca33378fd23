// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.streamrank.event.DegradedReason;
import io.streamrank.event.Query;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.PairOutcome;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs what a model could not do without filling the log: the first of each kind, then at most one a minute with how many
 * there were in between. Errors that differ only in their numbers are of one kind. Thread-safe.
 */
public final class ModelErrors {
    private static final Logger LOG = LoggerFactory.getLogger(ModelErrors.class);
    private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);
    /** Whatever comes beyond so many kinds is one more. */
    public static final int KINDS = 100;

    private static final Pattern NUMBER = Pattern.compile("\\d+");

    private final LongSupplier clock;
    private final Consumer<String> log;

    @GuardedBy("this")
    private final Map<String, Kind> kinds = new HashMap<>();

    public ModelErrors() {
        this(new SystemTime()::relativeTimeNanos, LOG::warn);
    }

    /**
     * @param clock in nanoseconds
     * @param log takes a line
     */
    public ModelErrors(LongSupplier clock, Consumer<String> log) {
        this.clock = clock;
        this.log = log;
    }

    /** Logs that a query could not be answered, where the model is at fault and not time or load. */
    public void add(Query query, @Nullable Throwable failure) {
        if (failure != null && DegradedReasons.of(failure) == DegradedReason.MODEL_ERROR) {
            add(
                    "Query " + query.id(),
                    String.valueOf(InferenceException.causeOf(failure).getMessage()));
        }
    }

    /** Logs that some of a query's candidates could not be scored. */
    public void add(Query query, List<PairOutcome> outcomes) {
        List<String> errors = outcomes.stream()
                .map(PairOutcome::failure)
                .filter(Objects::nonNull)
                .map(String::valueOf)
                .toList();
        if (!errors.isEmpty()) {
            add("Query " + query.id() + ", " + errors.size() + " of " + outcomes.size() + " candidates", errors.get(0));
        }
    }

    private void add(String where, String error) {
        String line = line(where, error);
        if (!line.isEmpty()) {
            log.accept(line);
        }
    }

    private synchronized String line(String where, String error) {
        String name = NUMBER.matcher(error).replaceAll("#");
        boolean known = kinds.containsKey(name) || kinds.size() < KINDS;
        Kind kind = kinds.computeIfAbsent(known ? name : "", unused -> new Kind());
        return kind.line(clock.getAsLong(), where, error);
    }

    private static final class Kind {
        private @Nullable Long loggedNanos;
        private long since;

        /** Empty where it is too early for one. */
        String line(long now, String where, String error) {
            if (loggedNanos != null && now - loggedNanos < PAUSE_NANOS) {
                since++;
                return "";
            }
            String more = since == 0 ? "" : " (" + since + " more of this kind since the last in the log)";
            loggedNanos = now;
            since = 0;
            return where + ": " + error + more;
        }
    }
}
