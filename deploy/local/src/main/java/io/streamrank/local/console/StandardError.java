// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.console;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes to the standard error that the start script had. The script puts a filter before the JVM's own, as the JVM
 * begins by saying there that the Vector API is new; through the filter, lines would come late and out of order.
 */
public final class StandardError {
    private static final Logger LOG = LoggerFactory.getLogger(StandardError.class);

    private StandardError() {}

    /** Replaces {@link System#err} where the script names a descriptor; without one there is no filter either. */
    public static void use() {
        Integer number = Integer.getInteger("streamrank.stderr");
        if (number == null) {
            return;
        }
        try {
            FileDescriptor descriptor = new FileDescriptor();
            // No public way leads to a descriptor by its number; Flink and Kafka need this package open, too.
            Field field = FileDescriptor.class.getDeclaredField("fd");
            field.setAccessible(true);
            field.setInt(descriptor, number);
            System.setErr(new PrintStream(new FileOutputStream(descriptor), true, charset()));
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.info("Standard error goes through the start script's filter", e);
        }
    }

    private static Charset charset() {
        return Charset.forName(System.getProperty("stderr.encoding", StandardCharsets.UTF_8.name()));
    }
}
