// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank;

import static io.streamrank.operator.DeadLetters.TAG;

import io.streamrank.config.JobConfig;
import io.streamrank.event.DeadLetter;
import io.streamrank.event.DocumentChange;
import io.streamrank.event.RankedResult;
import io.streamrank.event.RawRecord;
import io.streamrank.event.TopicExtent;
import io.streamrank.inference.Models;
import io.streamrank.kafka.KafkaConnectors;
import io.streamrank.kafka.TopicCreator;
import io.streamrank.kafka.TopicExtentReader;
import io.streamrank.operator.corpus.CorpusConfig;
import io.streamrank.operator.corpus.CorpusPlacement;
import io.streamrank.operator.corpus.MergeShards;
import io.streamrank.operator.corpus.RetrieveCandidates;
import io.streamrank.operator.corpus.SearchShard;
import io.streamrank.operator.document.AdmitDocuments;
import io.streamrank.operator.document.DecodeDocuments;
import io.streamrank.operator.document.EmbedDocuments;
import io.streamrank.operator.document.SplitEmbedded;
import io.streamrank.operator.document.TrackCorpusLoading;
import io.streamrank.operator.query.DecodeQueries;
import io.streamrank.operator.query.EmbedQueries;
import io.streamrank.operator.query.ReplyConfig;
import io.streamrank.operator.query.RerankCandidates;
import io.streamrank.operator.query.WriteReplies;
import io.streamrank.state.Candidates;
import io.streamrank.state.CorpusUpdate;
import io.streamrank.state.EmbeddedQuery;
import io.streamrank.state.ShardAnswer;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Ranks each query against a corpus that lives in the job: embed, retrieve, rerank. Kafka in, Kafka out.
 *
 * <pre>
 *   documents → track → decode → admit → embed → split ── broadcast ─┐
 *   queries ──────────→ decode ────────→ embed ────────────→ retrieve → rerank → ranked results
 *                           └─ with documents of their own ─────────────↗       └ write ↗ a reply, if one is asked for
 * </pre>
 *
 * <p>A corpus in shards takes the place of the middle: documents go by key to one shard, queries by broadcast to all.
 */
public final class RerankJob {
    /** Holds what the job makes: answers, and the records that it could not use. */
    public record Outputs(DataStream<RankedResult> results, DataStream<DeadLetter> deadLetters) {}

    private record Updates(DataStream<CorpusUpdate> updates, DataStream<DeadLetter> deadLetters) {}

    /** Per subtask; enough to fill batches, few enough that a checkpoint stays small. */
    private static final int DOCUMENTS_IN_FLIGHT = 256;

    private RerankJob() {}

    public static void main(String[] args) throws Exception {
        JobConfig config = JobConfig.load(args);
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(config.flinkConfiguration());
        connect(env, config);
        env.execute("streamrank");
    }

    /** Defines the job between the topics that the configuration names, and creates or checks those first. */
    public static void connect(StreamExecutionEnvironment env, JobConfig config) throws Exception {
        connect(env, config, config.models());
    }

    /** Defines the job as {@link #connect(StreamExecutionEnvironment, JobConfig)} does, with other models. */
    public static void connect(StreamExecutionEnvironment env, JobConfig config, Models models) throws Exception {
        new TopicCreator(config.kafka()).createMissing();
        KafkaConnectors kafka = new KafkaConnectors(config.kafka());
        Outputs out = define(
                env, kafka.queries(), kafka.documents(), TopicExtentReader.ofDocuments(config.kafka()), models, config);
        out.results().sinkTo(kafka.results()).uid("ranked-results").name("ranked-results");
        out.deadLetters().sinkTo(kafka.deadLetters()).uid("dead-letters").name("dead-letters");
        out.deadLetters().sinkTo(kafka.errorReplies()).uid("error-replies").name("error-replies");
    }

    /**
     * Defines the dataflow, between any sources and whatever the caller does with the outputs.
     *
     * @param documentsTopic as it is now; queries wait until it has been read that far
     */
    public static Outputs define(
            StreamExecutionEnvironment env,
            Source<RawRecord, ?, ?> querySource,
            Source<RawRecord, ?, ?> documentSource,
            TopicExtent documentsTopic,
            Models models,
            JobConfig config) {
        if (config.slots() != null) {
            env.registerSlotSharingGroup(config.slots().rest());
        }
        Updates corpus = documents(read(env, documentSource, "read-documents"), documentsTopic, models, config);
        Outputs answers = queries(read(env, querySource, "read-queries"), corpus.updates(), models, config);
        return new Outputs(answers.results(), answers.deadLetters().union(corpus.deadLetters()));
    }

    private static Updates documents(
            SingleOutputStreamOperator<RawRecord> records, TopicExtent topic, Models models, JobConfig config) {
        var corpus = config.corpus();
        var tracked = step(
                        records.setParallelism(1)
                                .transform(
                                        "track-corpus-loading",
                                        TypeInformation.of(RawRecord.class),
                                        new TrackCorpusLoading(topic, corpus.waitTimeout())),
                        "track-corpus-loading")
                .setParallelism(1);
        // All records of a key are in one partition, so that they stay in order on their way through parallel parts.
        var decoded = step(
                tracked.partitionCustom((partition, parts) -> partition % parts, RawRecord::partition)
                        .process(new DecodeDocuments(config.limits())),
                "decode-documents");
        var admitted = step(admitted(decoded, corpus), "admit-documents");
        var embedded = step(
                AsyncDataStream.unorderedWait(
                        admitted.rebalance(),
                        new EmbedDocuments(models, corpus.embedText()),
                        0,
                        TimeUnit.MILLISECONDS,
                        DOCUMENTS_IN_FLIGHT),
                "embed-documents");
        var updates = step(embedded.process(new SplitEmbedded()), "split-embedded");
        return new Updates(
                updates, decoded.getSideOutput(TAG).union(admitted.getSideOutput(TAG), updates.getSideOutput(TAG)));
    }

    /** Counts the documents of a collection in one subtask or, if they are in shards, about evenly in all. */
    private static SingleOutputStreamOperator<DocumentChange> admitted(
            DataStream<DocumentChange> changes, CorpusConfig corpus) {
        int most = corpus.maxDocuments();
        return corpus.placement() == CorpusPlacement.SHARDED
                ? changes.keyBy(AdmitDocuments::part, AdmitDocuments.PART)
                        .process(new AdmitDocuments<>(most, AdmitDocuments.limitOfPart(most), corpus.embedText()))
                : changes.keyBy(DocumentChange::collection)
                        .process(new AdmitDocuments<>(most, most, corpus.embedText()));
    }

    private static Outputs queries(
            SingleOutputStreamOperator<RawRecord> records,
            DataStream<CorpusUpdate> corpus,
            Models models,
            JobConfig config) {
        var rerank = config.rerank();
        var decoded = step(
                records.process(new DecodeQueries(
                        config.limits(),
                        config.query(),
                        models,
                        config.corpus().sparse().enabled())),
                "decode-queries");
        var embedded = step(
                AsyncDataStream.unorderedWait(
                        decoded,
                        new EmbedQueries(models, rerank.timeout()),
                        0,
                        TimeUnit.MILLISECONDS,
                        rerank.capacity()),
                "embed-queries");
        var retrieved = config.corpus().placement() == CorpusPlacement.SHARDED
                ? fromShards(embedded, corpus, models, config)
                : step(
                        embedded.connect(corpus.broadcast())
                                .transform(
                                        "retrieve-candidates",
                                        TypeInformation.of(Candidates.class),
                                        new RetrieveCandidates(models, config.corpus(), rerank.distinctText())),
                        "retrieve-candidates");
        var results = step(
                AsyncDataStream.unorderedWait(
                        retrieved.union(decoded.getSideOutput(DecodeQueries.INLINE)),
                        new RerankCandidates(models, rerank, config.reply()),
                        2 * rerank.timeout().toMillis(),
                        TimeUnit.MILLISECONDS,
                        rerank.capacity()),
                "rerank-candidates");
        if (config.slots() != null) {
            results.slotSharingGroup(config.slots().rerank());
        }
        return new Outputs(
                config.reply() == null ? results : replies(results, config.reply()), decoded.getSideOutput(TAG));
    }

    /** Retrieves from a corpus in shards: each query goes to all of them, and each document to one. */
    private static SingleOutputStreamOperator<Candidates> fromShards(
            DataStream<EmbeddedQuery> queries, DataStream<CorpusUpdate> corpus, Models models, JobConfig config) {
        var distinctText = config.rerank().distinctText();
        var found = step(
                queries.broadcast()
                        .connect(corpus.keyBy(CorpusUpdate::key))
                        .transform(
                                "search-shard",
                                TypeInformation.of(ShardAnswer.class),
                                new SearchShard(models, config.corpus(), distinctText)),
                "search-shard");
        return step(
                queries.keyBy(query -> MergeShards.place(query.query().origin()), MergeShards.PLACE)
                        .connect(found.keyBy(answer -> MergeShards.place(answer.origin()), MergeShards.PLACE))
                        .process(new MergeShards(config.corpus(), distinctText)),
                "merge-shards");
    }

    /** Adds replies, on a branch of their own: an answer whose query asks for none never waits for one. */
    private static DataStream<RankedResult> replies(
            SingleOutputStreamOperator<RankedResult> answers, ReplyConfig reply) {
        var without = step(answers.filter(answer -> answer.replyOrder() == null), "answers-without-reply");
        var ordered = step(answers.filter(answer -> answer.replyOrder() != null), "answers-for-reply");
        var written = step(
                AsyncDataStream.unorderedWait(
                        ordered,
                        new WriteReplies(reply),
                        2 * reply.timeout().toMillis(),
                        TimeUnit.MILLISECONDS,
                        2 * reply.maxWaiting()),
                "write-replies");
        return without.union(written);
    }

    private static SingleOutputStreamOperator<RawRecord> read(
            StreamExecutionEnvironment env, Source<RawRecord, ?, ?> source, String id) {
        return step(
                env.fromSource(source, WatermarkStrategy.noWatermarks(), id, TypeInformation.of(RawRecord.class)), id);
    }

    private static <T> SingleOutputStreamOperator<T> step(SingleOutputStreamOperator<T> stream, String id) {
        return stream.uid(id).name(id);
    }
}
