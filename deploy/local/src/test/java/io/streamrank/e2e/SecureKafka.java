// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.e2e;

import io.streamrank.local.cluster.EmbeddedKafka;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * A broker with TLS, SCRAM and ACLs for the job. The test itself comes in by another door, as a super user without
 * credentials.
 */
final class SecureKafka implements AutoCloseable {
    /** Also the password of the stores. */
    static final String STORE_PASSWORD = "store-password-5137";

    private final EmbeddedKafka broker;
    private final String secure;
    private final Path trust;

    private SecureKafka(EmbeddedKafka broker, String secure, Path trust) {
        this.broker = broker;
        this.secure = secure;
        this.trust = trust;
    }

    static SecureKafka start(Path directory) throws Exception {
        Path keys = directory.resolve("broker.p12");
        Path trust = directory.resolve("trust.p12");
        certificate(keys, trust);
        List<Integer> ports = freePorts(3);
        String secure = "127.0.0.1:" + ports.get(1);
        Map<String, String> settings = new HashMap<>(Map.of(
                "listeners",
                "PLAINTEXT://127.0.0.1:" + ports.get(0) + ",SASL_SSL://" + secure + ",CONTROLLER://127.0.0.1:"
                        + ports.get(2),
                "controller.quorum.voters",
                "1@127.0.0.1:" + ports.get(2),
                "listener.security.protocol.map",
                "PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT",
                "sasl.enabled.mechanisms",
                "SCRAM-SHA-512",
                "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;",
                "authorizer.class.name",
                "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "super.users",
                "User:ANONYMOUS"));
        settings.put("ssl.keystore.type", "PKCS12");
        settings.put("ssl.keystore.location", keys.toString());
        settings.put("ssl.keystore.password", STORE_PASSWORD);
        return new SecureKafka(EmbeddedKafka.start(ports.get(0), settings), secure, trust);
    }

    /** Where the test comes in. */
    String openBootstrapServers() {
        return broker.bootstrapServers();
    }

    /** Where the job has to show who it is. */
    String secureBootstrapServers() {
        return secure;
    }

    /** The store that holds the broker's certificate. */
    Path trust() {
        return trust;
    }

    /** A store that trusts somebody else. */
    static Path otherTrust(Path directory) throws Exception {
        Path trust = directory.resolve("other-trust.p12");
        certificate(directory.resolve("other.p12"), trust);
        return trust;
    }

    void user(String name, String password) throws Exception {
        try (Admin admin = admin()) {
            admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
                            name, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), password)))
                    .all()
                    .get();
        }
    }

    void allow(String user, AclOperation operation, ResourceType type, String... names) throws Exception {
        for (String name : names) {
            allow(user, operation, new ResourcePattern(type, name, PatternType.LITERAL));
        }
    }

    void allow(String user, AclOperation operation, ResourcePattern what) throws Exception {
        try (Admin admin = admin()) {
            admin.createAcls(List.of(new AclBinding(what, right(user, operation))))
                    .all()
                    .get();
        }
    }

    /** Takes back what was allowed. */
    void forbid(String user, AclOperation operation, ResourceType type, String name) throws Exception {
        AclBinding binding =
                new AclBinding(new ResourcePattern(type, name, PatternType.LITERAL), right(user, operation));
        try (Admin admin = admin()) {
            admin.deleteAcls(List.of(binding.toFilter())).all().get();
        }
    }

    private static AccessControlEntry right(String user, AclOperation operation) {
        return new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW);
    }

    private Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    private static void certificate(Path keys, Path trust) throws Exception {
        Path certificate = Path.of(keys + ".pem");
        keytool(
                "-genkeypair",
                "-alias",
                "broker",
                "-keyalg",
                "EC",
                "-dname",
                "CN=127.0.0.1",
                "-ext",
                "san=ip:127.0.0.1",
                "-validity",
                "2",
                "-keystore",
                keys.toString());
        keytool(
                "-exportcert",
                "-rfc",
                "-alias",
                "broker",
                "-file",
                certificate.toString(),
                "-keystore",
                keys.toString());
        keytool(
                "-importcert",
                "-noprompt",
                "-alias",
                "broker",
                "-file",
                certificate.toString(),
                "-keystore",
                trust.toString());
    }

    private static void keytool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", STORE_PASSWORD));
        Path said = Files.createTempFile("keytool", ".txt");
        int status = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException("keytool: " + Files.readString(said));
        }
    }

    static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }

    @Override
    public void close() {
        broker.close();
    }
}
