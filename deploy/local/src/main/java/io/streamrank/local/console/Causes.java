// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.console;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.OptionalInt;
import org.apache.flink.util.SerializedThrowable;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a person can make of a failure among its causes, some of which Flink has serialised on their way here.
 */
public final class Causes {
    /**
     * Holds what is told of a failure.
     *
     * @param exitCode that goes with it
     */
    public record Told(String sentence, int exitCode) {}

    private Causes() {}

    /** Returns the outermost sentence that was written for the user; null where there is none. */
    public static @Nullable Told told(Throwable failure) {
        for (Throwable cause = unpacked(failure); cause != null; cause = unpacked(cause.getCause())) {
            OptionalInt exitCode = ExitCode.of(cause);
            if (exitCode.isPresent()) {
                return new Told(message(cause), exitCode.getAsInt());
            }
        }
        return null;
    }

    /** Returns the first line of the cause that no other cause explains. */
    public static String root(Throwable failure) {
        Throwable root = failure;
        for (Throwable cause = unpacked(failure); cause != null; cause = unpacked(cause.getCause())) {
            root = cause;
        }
        return message(root).lines().findFirst().orElse("");
    }

    /** Returns whether the user stopped what failed. */
    public static boolean interrupted(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof InterruptedException || cause instanceof InterruptException) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable Throwable unpacked(@Nullable Throwable cause) {
        return cause == null ? null : SerializedThrowable.get(cause, Causes.class.getClassLoader());
    }

    /** Java's message is the file's name alone. */
    private static String problem(FileSystemException file) {
        if (file instanceof AccessDeniedException) {
            return "may not be read or written: change its permissions";
        }
        if (file instanceof NoSuchFileException) {
            return "does not exist";
        }
        return file instanceof FileAlreadyExistsException ? "exists already" : "cannot be used";
    }

    /** Flink puts the class before the message of what it could not unpack. */
    private static String message(Throwable cause) {
        if (cause instanceof FileSystemException file && file.getReason() == null) {
            return file.getFile() + " " + problem(file);
        }
        String message = cause.getMessage();
        if (message == null) {
            return cause.getClass().getSimpleName();
        }
        String prefix = cause instanceof SerializedThrowable packed ? packed.getOriginalErrorClassName() + ": " : "";
        return message.startsWith(prefix) ? message.substring(prefix.length()) : message;
    }
}
