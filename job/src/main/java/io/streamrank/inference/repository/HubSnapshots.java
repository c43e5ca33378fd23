// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.repository;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.ModelOutOfReachException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Downloads a snapshot of a model's repository on the Hugging Face hub into the cache, {@code hub/org--name/<commit>/}. It
 * remembers which commit a branch pointed to, for when the hub cannot be reached. Each time a model is opened, its files are
 * compared with what the hub says of them, or with the checksums that were kept at the download.
 */
final class HubSnapshots {
    private static final Logger LOG = LoggerFactory.getLogger(HubSnapshots.class);
    private static final Pattern URI_FORM = Pattern.compile("hf:([\\w.-]+(?:/[\\w.-]+)?)(?:@(.+))?");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HubSettings hub;
    private final HubDownloader downloads;

    HubSnapshots(HubSettings hub, HubDownloader downloads) {
        this.hub = hub;
        this.downloads = downloads;
    }

    /** Names a repository at a revision: a branch, tag or commit. */
    private record Repository(String id, String revision) {
        static Repository parse(String uri) throws ModelException {
            Matcher form = URI_FORM.matcher(uri);
            if (!form.matches()) {
                throw new ModelException(
                        "Model " + uri + " is not an address on the hub: write hf:org/name or hf:org/name@revision.");
            }
            String revision = form.group(2);
            return new Repository(form.group(1), revision == null ? "main" : revision);
        }

        Path refFile(Path folder) {
            return folder.resolve("refs")
                    .resolve(DigestUtils.sha256Hex(revision).substring(0, 16));
        }
    }

    /** Lists the files of a commit. */
    private record Snapshot(String commit, Map<String, HubFile> files) {}

    /** Returns the model's folder in the cache, after downloading what is missing there. */
    ModelFolder fetch(String uri, ModelSpec spec, Path cache) throws ModelException {
        Repository repository = Repository.parse(uri);
        ModelCache folder =
                new ModelCache(cache.resolve("hub").resolve(repository.id().replace("/", "--")));
        try {
            return folder.withLock(() -> fetch(uri, repository, spec, folder.directory()));
        } catch (HubException e) {
            String message = "Model " + uri + " cannot be fetched: " + e.getMessage();
            throw e.permanent() ? new ModelException(message, e) : new ModelOutOfReachException(message, e);
        } catch (IOException e) {
            throw folder.cannotKeep(uri, e);
        }
    }

    private ModelFolder fetch(String uri, Repository repository, ModelSpec spec, Path folder)
            throws IOException, ModelException {
        Path cached = cachedSnapshot(repository, folder);
        if (hub.offline()) {
            if (cached == null) {
                throw new HubException(
                        "HF_HUB_OFFLINE is set and the cache does not have it; unset it or fetch the model first.",
                        true);
            }
            return fromCache(uri, spec, cached);
        }
        Snapshot snapshot;
        try {
            snapshot = readSnapshot(repository);
        } catch (HubException e) {
            if (e.permanent() || cached == null) {
                throw e;
            }
            LOG.warn("Model {}: {} The cached {} is used", uri, e.getMessage(), cached);
            return fromCache(uri, spec, cached);
        }
        String weights = ModelLayout.weights(uri, snapshot.files().keySet(), spec.file());
        Path root = folder.resolve(snapshot.commit());
        download(uri, repository, snapshot, weights, root);
        Path refFile = repository.refFile(folder);
        Files.createDirectories(refFile.getParent());
        Files.writeString(refFile, snapshot.commit());
        return new ModelFolder(uri, root, weights);
    }

    private void download(String uri, Repository repository, Snapshot snapshot, String weights, Path root)
            throws IOException, ModelException {
        download(repository, snapshot, ModelLayout.needed(snapshot.files().keySet(), weights), root);
        download(repository, snapshot, ModelLayout.externalData(uri, root, weights), root);
    }

    private void download(Repository repository, Snapshot snapshot, List<String> paths, Path root) throws IOException {
        ChecksumFile checksums = ChecksumFile.of(root);
        for (String path : paths) {
            HubFile file = snapshot.files().get(path);
            if (file != null) {
                URI address = hub.file(repository.id(), snapshot.commit(), path);
                downloads.fetch(address, file.withChecksum(checksums.of(path)), root.resolve(path));
                checksums.keep(path, root.resolve(path));
            }
        }
    }

    private static @Nullable Path cachedSnapshot(Repository repository, Path folder) throws IOException {
        Path refFile = repository.refFile(folder);
        String commit = Files.isRegularFile(refFile) ? Files.readString(refFile) : repository.revision();
        Path root = folder.resolve(commit).normalize();
        return root.startsWith(folder) && Files.isDirectory(root) ? root : null;
    }

    private ModelFolder fromCache(String uri, ModelSpec spec, Path root) throws IOException, ModelException {
        ChecksumFile checksums = ChecksumFile.of(root);
        Set<String> files = new TreeSet<>(ModelLayout.list(root));
        files.addAll(checksums.paths());
        String weights = ModelLayout.weights(uri, files, spec.file());
        checkCached(ModelLayout.needed(checksums.paths(), weights), checksums, root);
        checkCached(ModelLayout.externalData(uri, root, weights), checksums, root);
        return new ModelFolder(uri, root, weights);
    }

    private void checkCached(List<String> paths, ChecksumFile checksums, Path root) throws IOException {
        for (String path : paths) {
            String difference = checksums.difference(path, root.resolve(path));
            if (difference != null) {
                throw new HubException(
                        root.resolve(path) + " is damaged: " + difference + "; open the model once while the hub can be"
                                + " reached, which fetches the file again.",
                        hub.offline());
            }
        }
    }

    private Snapshot readSnapshot(Repository repository) throws IOException {
        String body = downloads.text(hub.modelInfo(repository.id(), repository.revision()));
        try {
            JsonNode model = JSON.readTree(body);
            Map<String, HubFile> files = new LinkedHashMap<>();
            for (JsonNode sibling : model.path("siblings")) {
                HubFile file = file(sibling);
                if (isRelative(file.path())) {
                    files.put(file.path(), file);
                }
            }
            String commit = model.path("sha").asText();
            if (!commit.matches("[0-9a-zA-Z]{1,64}")) {
                throw new HubException(
                        hub.endpoint() + " names no commit for " + repository.id() + "; check HF_ENDPOINT.", true);
            }
            return new Snapshot(commit, files);
        } catch (JsonProcessingException e) {
            throw new HubException(hub.endpoint() + " does not answer as the hub does; check HF_ENDPOINT.", true);
        }
    }

    private static HubFile file(JsonNode sibling) {
        JsonNode lfs = sibling.path("lfs");
        boolean large = lfs.hasNonNull("sha256");
        return new HubFile(
                sibling.path("rfilename").asText(),
                large ? lfs.path("size").asLong(-1) : sibling.path("size").asLong(-1),
                large ? lfs.path("sha256").asText() : null,
                large || !sibling.hasNonNull("blobId")
                        ? null
                        : sibling.path("blobId").asText());
    }

    /** Refuses paths that would be written outside the model's folder. */
    private static boolean isRelative(String path) {
        return !path.startsWith("/") && !List.of(path.split("[/\\\\]", -1)).contains("..");
    }
}
