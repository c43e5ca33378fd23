// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import java.util.List;
import org.apache.flink.api.common.operators.SlotSharingGroup;
import org.apache.flink.configuration.MemorySize;
import org.jspecify.annotations.Nullable;

/** Slots of the reranker's own, where it is to be on machines with GPUs and the rest is not. */
final class SlotOptions {
    private static final String GROUP = "rerank";
    /** As Flink's own driver for GPUs names them. */
    private static final String GPU = "gpu";

    static final Option<Integer> GPUS = Option.integer(
            "rerank.slot.gpus",
            0,
            0,
            64,
            "GPUs of each slot of the reranker, which then has slots of its own; TaskManagers offer them as the external resource"
                    + " gpu. 0: it shares slots with the rest of the job.");
    static final Option<Integer> CPUS = Option.integer(
            "rerank.slot.cpus", 1, 1, 1_024, "With rerank.slot.gpus: cores of such a slot, as Flink counts them.");
    static final Option<MemorySize> HEAP = Option.size(
            "rerank.slot.heap",
            MemorySize.ofMebiBytes(512),
            MemorySize.ofMebiBytes(1),
            MemorySize.ofMebiBytes(1 << 20),
            "With rerank.slot.gpus: heap of such a slot.");
    static final Option<MemorySize> OFF_HEAP = Option.size(
            "rerank.slot.off-heap",
            MemorySize.ofMebiBytes(512),
            MemorySize.ZERO,
            MemorySize.ofMebiBytes(1 << 20),
            "With rerank.slot.gpus: memory beside the heap of such a slot, where ONNX Runtime has its own.");

    static final List<Option<?>> ALL = List.of(GPUS, CPUS, HEAP, OFF_HEAP);

    private SlotOptions() {}

    /** The slots to ask for, or null for those of the rest. */
    static @Nullable SlotSharingGroup read(Settings settings) {
        int gpus = settings.get(GPUS);
        return gpus == 0
                ? null
                : SlotSharingGroup.newBuilder(GROUP)
                        .setCpuCores(settings.get(CPUS))
                        .setTaskHeapMemory(settings.get(HEAP))
                        .setTaskOffHeapMemory(settings.get(OFF_HEAP))
                        .setExternalResource(GPU, gpus)
                        .build();
    }
}
