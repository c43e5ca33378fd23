// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx.split;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/** Tells how much memory outside the heap Java code of this JVM may still take, which is limited by {@code -XX:MaxDirectMemorySize}. */
final class DirectMemory {
    private DirectMemory() {}

    /** Returns the bytes that are left now. */
    static long available() {
        long used = 0;
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            used += pool.getName().equals("direct") ? pool.getMemoryUsed() : 0;
        }
        return limit() - used;
    }

    /** Returns the limit: the JVM takes the heap's where none is set. */
    static long limit() {
        HotSpotDiagnosticMXBean hotspot = hotspot();
        long set = hotspot == null
                ? 0
                : Long.parseLong(hotspot.getVMOption("MaxDirectMemorySize").getValue());
        return set > 0 ? set : Runtime.getRuntime().maxMemory();
    }

    /** Returns null in a JVM of another kind. */
    private static @Nullable HotSpotDiagnosticMXBean hotspot() {
        return ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    }
}
