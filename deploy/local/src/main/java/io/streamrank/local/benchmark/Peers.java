// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** Other programs that score as we do, each with a turn in every round. */
final class Peers implements AutoCloseable {
    /** In the file that all of them read. */
    static final int QUERIES = 20;

    private final PairFile file;
    private final List<Peer> peers = new ArrayList<>();
    private final List<List<Round>> rounds = new ArrayList<>();
    private final List<Integer> turns = new ArrayList<>();

    private Peers(PairFile file) {
        this.file = file;
    }

    /**
     * Starts them.
     *
     * @param options a {@code NAME=COMMAND} each
     * @param asks what they have to score
     */
    static Peers start(List<String> options, List<Ask> asks, Limit limit) throws Exception {
        PairFile file = new PairFile(Files.createTempFile("streamrank-pairs", ".jsonl"));
        Peers peers = new Peers(file);
        try {
            List<PairFile.Size> sizes = options.isEmpty() ? List.of() : file.write(asks, limit);
            for (String option : options) {
                peers.peers.add(Peer.start(option, file, sizes));
                peers.rounds.add(new ArrayList<>());
            }
        } catch (Exception e) {
            peers.close();
            throw e;
        }
        return peers;
    }

    int size() {
        return peers.size();
    }

    /** Lets each score as many queries as it can in that time, at least one. */
    void warmUp(double seconds) throws IOException {
        for (Peer peer : peers) {
            Round unused = peer.run(1);
            double fastest = Math.min(peer.run(1).nanos(), peer.run(1).nanos()) / 1e9;
            turns.add(Math.max(1, (int) (seconds / fastest)));
        }
    }

    void run() throws IOException {
        for (int i = 0; i < peers.size(); i++) {
            rounds.get(i).add(peers.get(i).run(turns.get(i)));
        }
    }

    List<Result.PeerRounds> results() {
        List<Result.PeerRounds> results = new ArrayList<>();
        for (int i = 0; i < peers.size(); i++) {
            Peer peer = peers.get(i);
            results.add(new Result.PeerRounds(peer.name(), rounds.get(i), peer.maxDifference()));
        }
        return results;
    }

    @Override
    public void close() throws IOException {
        peers.forEach(Peer::close);
        boolean unused = Files.deleteIfExists(file.path());
    }
}
