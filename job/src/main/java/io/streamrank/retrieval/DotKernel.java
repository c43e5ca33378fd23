// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

/**
 * Multiplies a query with the vectors of a {@link VectorBlock}. Each product grows number by number, rounded
 * after every step, so that all kernels give the same bits. Not thread-safe.
 */
interface DotKernel {
    /**
     * Computes the dot products of the query with all vectors of a block.
     *
     * @param query its length divides by {@link VectorBlock#ROWS}
     * @param values {@code [query.length, LANES]}, row-major
     * @param dots {@code [LANES]}, overwritten with the products
     */
    void dots(float[] query, float[] values, float[] dots);

    /**
     * Returns the fastest kernel that this JVM has: by the Vector API where it was started with {@code --add-modules
     * jdk.incubator.vector}, else by loops that HotSpot vectorises itself.
     */
    static DotKernel best() {
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            return new TiledKernel();
        }
        try {
            // Compiled beside the other classes, against a module that most JVMs are started without.
            return Class.forName(DotKernel.class.getPackageName() + ".VectorApiKernel")
                    .asSubclass(DotKernel.class)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException | LinkageError otherApi) {
            return new TiledKernel(); // an incubating API may change from one JDK to the next
        }
    }
}
