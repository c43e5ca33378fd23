// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import io.streamrank.config.JobConfig.Slots;
import io.streamrank.config.option.Option;
import io.streamrank.config.option.Section;
import io.streamrank.config.option.Settings;
import java.util.List;
import org.apache.flink.api.common.operators.SlotSharingGroup;
import org.apache.flink.configuration.MemorySize;
import org.jspecify.annotations.Nullable;

/** Defines the options of slots, for clusters where only the reranker runs on machines with GPUs. */
final class SlotOptions {
    /** Names GPUs as Flink's own external resource driver does. */
    private static final String GPU = "gpu";

    private static final Option<Integer> GPUS = Option.integer(
            "rerank.slot.gpus",
            0,
            0,
            64,
            "Number of GPUs in each slot of the reranker, which then has slots of its own. TaskManagers offer GPUs"
                    + " as the external resource gpu. 0: the reranker shares slots with the rest of the job, and the other"
                    + " options of this section have no effect.");
    private static final Size RERANK = Size.of("rerank.slot", "the reranker", 512, 512);
    private static final Size REST = Size.of("rest.slot", "the rest of the job", 1024, 512);
    private static final Option<MemorySize> MANAGED = Option.size(
            "rest.slot.managed",
            MemorySize.ZERO,
            MemorySize.ZERO,
            Size.MOST,
            "Managed memory of a slot of the rest of the job. Only Flink's RocksDB state backend needs it.");

    static final Section SECTION = new Section(
            "Slots",
            "Settings for clusters on which only some TaskManagers have a GPU.",
            List.of(GPUS, RERANK.cpus, RERANK.heap, RERANK.offHeap, REST.cpus, REST.heap, REST.offHeap, MANAGED));

    private SlotOptions() {}

    /** Returns the slots to request, or null where all operators share slots. */
    static @Nullable Slots read(Settings settings) {
        int gpus = settings.get(GPUS);
        return gpus == 0
                ? null
                : new Slots(
                        RERANK.read(settings, "rerank")
                                .setExternalResource(GPU, gpus)
                                .build(),
                        REST.read(settings, Slots.REST)
                                .setManagedMemory(settings.get(MANAGED))
                                .build());
    }

    private record Size(Option<Integer> cpus, Option<MemorySize> heap, Option<MemorySize> offHeap) {
        static final MemorySize MOST = MemorySize.ofMebiBytes(1 << 20);

        static Size of(String prefix, String whose, long heapMebiBytes, long offHeapMebiBytes) {
            return new Size(
                    Option.integer(
                            prefix + ".cpus",
                            1,
                            1,
                            1_024,
                            "Number of cores of a slot of " + whose + ", as Flink counts them."),
                    Option.size(
                            prefix + ".heap",
                            MemorySize.ofMebiBytes(heapMebiBytes),
                            MemorySize.ofMebiBytes(1),
                            MOST,
                            "Heap of a slot of " + whose + "."),
                    Option.size(
                            prefix + ".off-heap",
                            MemorySize.ofMebiBytes(offHeapMebiBytes),
                            MemorySize.ZERO,
                            MOST,
                            "Memory outside the heap of a slot of "
                                    + whose
                                    + ". ONNX Runtime takes its memory from it."));
        }

        SlotSharingGroup.Builder read(Settings settings, String group) {
            return SlotSharingGroup.newBuilder(group)
                    .setCpuCores(settings.get(cpus))
                    .setTaskHeapMemory(settings.get(heap))
                    .setTaskOffHeapMemory(settings.get(offHeap));
        }
    }
}
