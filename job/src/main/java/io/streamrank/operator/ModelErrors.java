// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator;

import io.streamrank.event.DegradedReason;
import io.streamrank.event.Query;
import io.streamrank.inference.model.PairScore;
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
 * Logs what a model could not do, without filling the log: of each kind the first, and then at most one a minute with how
 * many there were in between. Errors that differ in their numbers alone are of one kind. Thread-safe.
 */
public final class ModelErrors {
    private static final Logger LOG = LoggerFactory.getLogger(ModelErrors.class);
    private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);
    /** Whatever comes beyond so many kinds is one more. */
    public static final int KINDS = 100;

    private static final Pattern NUMBER = Pattern.compile("\\d+");

    private final LongSupplier clock;
    private final Consumer<String> log;
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

    /** What became of a query as a whole; only errors of the model count, not what came too late or was too much. */
    public void add(Query query, @Nullable Throwable failure) {
        if (failure != null && ModelUse.degradedReason(failure) == DegradedReason.MODEL_ERROR) {
            add("Query " + query.id(), String.valueOf(ModelUse.cause(failure).getMessage()));
        }
    }

    /** What became of a query's candidates. */
    public void add(Query query, List<PairScore> scores) {
        List<String> errors = scores.stream()
                .map(PairScore::failure)
                .filter(Objects::nonNull)
                .map(String::valueOf)
                .toList();
        if (!errors.isEmpty()) {
            add("Query " + query.id() + ", " + errors.size() + " of " + scores.size() + " candidates", errors.get(0));
        }
    }

    private void add(String where, String error) {
        String line;
        synchronized (this) {
            String name = NUMBER.matcher(error).replaceAll("#");
            boolean known = kinds.containsKey(name) || kinds.size() < KINDS;
            line = kinds.computeIfAbsent(known ? name : "", kind -> new Kind()).line(clock.getAsLong(), where, error);
        }
        if (!line.isEmpty()) {
            log.accept(line);
        }
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
