// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.systems;

import io.streamrank.benchmark.measurement.Measurement;
import io.streamrank.benchmark.workload.RerankRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** Runs other programs that score as we do, each with a turn in every round. */
public final class PeerPrograms implements AutoCloseable {
    /** In the file that all of them read. */
    public static final int QUERIES = 20;

    private final PairFile file;
    private final List<PeerProgram> peers = new ArrayList<>();
    private final List<List<Measurement>> rounds = new ArrayList<>();
    private final List<Integer> turns = new ArrayList<>();

    /**
     * Holds what another program did in the rounds.
     *
     * @param maxDifference of its logits from ours
     */
    public record PeerRounds(String name, List<Measurement> rounds, double maxDifference) {
        public PeerRounds {
            rounds = List.copyOf(rounds);
        }
    }

    private PeerPrograms(PairFile file) {
        this.file = file;
    }

    /**
     * Starts them.
     *
     * @param options a {@code NAME=COMMAND} each
     * @param requests what they have to score
     */
    public static PeerPrograms start(List<String> options, List<RerankRequest> requests, Baseline baseline)
            throws Exception {
        PairFile file = new PairFile(Files.createTempFile("streamrank-pairs", ".jsonl"));
        PeerPrograms peers = new PeerPrograms(file);
        try {
            List<PairFile.Size> sizes = options.isEmpty() ? List.of() : file.write(requests, baseline);
            for (String option : options) {
                peers.peers.add(PeerProgram.start(option, file, sizes));
                peers.rounds.add(new ArrayList<>());
            }
        } catch (Exception e) {
            peers.close();
            throw e;
        }
        return peers;
    }

    public int size() {
        return peers.size();
    }

    /** Lets each score as many queries as it can in that time, at least one. */
    public void warmUp(double seconds) throws IOException {
        for (PeerProgram peer : peers) {
            Measurement unused = peer.run(1);
            double fastest = Math.min(peer.run(1).nanos(), peer.run(1).nanos()) / 1e9;
            turns.add(Math.max(1, (int) (seconds / fastest)));
        }
    }

    public void run() throws IOException {
        for (int i = 0; i < peers.size(); i++) {
            rounds.get(i).add(peers.get(i).run(turns.get(i)));
        }
    }

    public List<PeerRounds> results() {
        List<PeerRounds> results = new ArrayList<>();
        for (int i = 0; i < peers.size(); i++) {
            PeerProgram peer = peers.get(i);
            results.add(new PeerRounds(peer.name(), rounds.get(i), peer.maxDifference()));
        }
        return results;
    }

    @Override
    public void close() throws IOException {
        peers.forEach(PeerProgram::close);
        boolean unused = Files.deleteIfExists(file.path());
    }
}
