// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.repository;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** Refuses every model that is not built in, local or on the hub. */
final class UnsupportedFileSystem implements ModelFileSystem {
    private static final long serialVersionUID = 1L;

    @Override
    public List<RemoteFile> list(String directory) throws IOException {
        throw new FileNotFoundException("only builtin:, hf: and file: can be read here");
    }

    @Override
    public InputStream open(String directory, String path) throws IOException {
        throw new FileNotFoundException("only builtin:, hf: and file: can be read here");
    }
}
