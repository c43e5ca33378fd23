// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator;

import io.streamrank.inference.repository.ModelFileSystem;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.fs.UnsupportedFileSystemSchemeException;

/** Reads models from any file system that Flink can read, with the plugins and credentials of Flink's configuration. */
public final class FlinkModelFiles implements ModelFileSystem {
    private static final long serialVersionUID = 1L;

    @Override
    public List<RemoteFile> list(String directory) throws IOException {
        Path root = new Path(directory);
        FileSystem files = fileSystem(root);
        if (!files.exists(root)) {
            throw new FileNotFoundException("there is nothing at " + directory);
        }
        List<RemoteFile> found = new ArrayList<>();
        String prefix = files.getFileStatus(root).getPath().getPath();
        Deque<Path> folders = new ArrayDeque<>(List.of(root));
        while (!folders.isEmpty()) {
            for (FileStatus status : files.listStatus(folders.pop())) {
                if (status.isDir()) {
                    folders.push(status.getPath());
                } else {
                    found.add(new RemoteFile(
                            relative(prefix, status.getPath()), status.getLen(), status.getModificationTime()));
                }
            }
        }
        return found;
    }

    @Override
    public InputStream open(String directory, String path) throws IOException {
        Path file = new Path(new Path(directory), path);
        return file.getFileSystem().open(file);
    }

    private static FileSystem fileSystem(Path path) throws IOException {
        try {
            return path.getFileSystem();
        } catch (UnsupportedFileSystemSchemeException e) {
            throw (IOException) new FileNotFoundException(e.getMessage()).initCause(e);
        }
    }

    private static String relative(String prefix, Path file) {
        return file.getPath().substring(prefix.length()).replaceFirst("^/+", "");
    }
}
