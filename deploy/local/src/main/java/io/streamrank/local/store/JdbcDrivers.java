// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.store;

import io.streamrank.local.console.InputException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** Finds the JDBC driver for an address: in a jar that the user names, else on the class path. */
final class JdbcDrivers {
    private JdbcDrivers() {}

    /**
     * Returns the driver that takes the address.
     *
     * @param jar of the driver; null for the class path
     * @throws InputException where there is none
     */
    static Driver find(String url, @Nullable Path jar) {
        for (Driver driver : ServiceLoader.load(Driver.class, loader(jar))) {
            if (accepts(driver, url)) {
                return driver;
            }
        }
        String name = StoreAddress.withoutSecrets(url);
        throw new InputException(
                jar == null
                        ? "there is no JDBC driver for " + name + ": give the jar of one with --driver-jar"
                        : "the driver in " + jar + " does not take " + name
                                + ": give the jar that belongs to the database, and check the address");
    }

    private static boolean accepts(Driver driver, String url) {
        try {
            return driver.acceptsURL(url);
        } catch (SQLException refused) {
            return false;
        }
    }

    /** Stays open as long as the process, as a driver may load classes at any time. */
    private static ClassLoader loader(@Nullable Path jar) {
        ClassLoader own = JdbcDrivers.class.getClassLoader();
        if (jar == null) {
            return own;
        }
        if (!Files.isReadable(jar)) {
            throw new InputException("--driver-jar " + jar + " cannot be read: give the jar of a JDBC driver");
        }
        try {
            return new URLClassLoader(new URL[] {jar.toUri().toURL()}, own);
        } catch (MalformedURLException e) {
            throw new InputException("--driver-jar " + jar + " is no path: give the jar of a JDBC driver", e);
        }
    }
}
