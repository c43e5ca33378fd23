// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.repository;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.apache.commons.io.IOUtils;
import org.jspecify.annotations.Nullable;

/**
 * Tells a file's content from a damaged or another one, at the speed at which it is read. A jar knows it of its entries without reading
 * them. It is no protection from somebody who forges a file.
 *
 * @param bytes its length
 * @param crc32 as {@link CRC32} computes it
 */
record ContentChecksum(long bytes, long crc32) {
    static ContentChecksum of(InputStream in) throws IOException {
        CRC32 crc32 = new CRC32();
        long bytes = IOUtils.consume(new CheckedInputStream(in, crc32));
        return new ContentChecksum(bytes, crc32.getValue());
    }

    static ContentChecksum of(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return of(in);
        }
    }

    /** Returns what a jar says of an entry; null if the resource is no entry of a jar, or the jar does not say. */
    static @Nullable ContentChecksum ofEntry(URL resource) throws IOException {
        URLConnection connection = resource.openConnection();
        if (!(connection instanceof JarURLConnection jar)) {
            return null;
        }
        jar.setUseCaches(false); // or the jar stays open for good
        try (JarFile file = jar.getJarFile()) {
            JarEntry entry = file.getJarEntry(jar.getEntryName());
            return entry == null || entry.getSize() < 0 || entry.getCrc() < 0
                    ? null
                    : new ContentChecksum(entry.getSize(), entry.getCrc());
        }
    }
}
