// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.store;

import io.streamrank.local.console.InputException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.sql.Statement;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of a query over JDBC as flat documents: a column is a member, by its label. Rows come as they are read, where the
 * database can do so: DuckDB and PostgreSQL have to be told. A position is the number of rows read, so it needs a query with a
 * fixed order.
 */
public final class JdbcStore implements DocumentStore {
    private static final int ROWS_A_FETCH = 1_000;
    private static final int ROWS_A_POSITION = 10_000;

    private final StoreAddress address;
    private final String query;
    private final Connection connection;

    private JdbcStore(StoreAddress address, String query, Connection connection) {
        this.address = address;
        this.query = query;
        this.connection = connection;
    }

    /**
     * Connects.
     *
     * @param url e.g. {@code jdbc:duckdb:/data/docs.duckdb}
     * @param driverJar null for a driver on the class path
     * @param user null where the address says it, or none is needed
     * @param password null where the address says it, or none is needed
     */
    public static JdbcStore open(
            String url, String query, @Nullable Path driverJar, @Nullable String user, @Nullable String password) {
        StoreAddress address = new StoreAddress(url, password);
        Properties properties = new Properties();
        if (user != null) {
            properties.setProperty("user", user);
        }
        if (password != null) {
            properties.setProperty("password", password);
        }
        if (url.toLowerCase(Locale.ROOT).startsWith("jdbc:duckdb:")) {
            properties.setProperty("jdbc_stream_results", "true"); // else it holds the whole result
        }
        Driver driver = JdbcDrivers.find(url, driverJar);
        try {
            Connection connection = driver.connect(url, properties);
            if (connection != null) {
                connection.setAutoCommit(false); // with it PostgreSQL's driver holds the whole result
                return new JdbcStore(address, query, connection);
            }
        } catch (SQLException | RuntimeException e) { // some drivers make no SQLException of a wrong address
            throw address.failure(" cannot be opened: ", e, e instanceof SQLException refused && isOutage(refused));
        }
        throw new InputException("the JDBC driver does not take " + address + ": check the address");
    }

    @Override
    public String name() {
        return address.name();
    }

    @Override
    public String rowName() {
        return "row";
    }

    @Override
    public String identity() {
        return address.name() + '\n' + query;
    }

    @Override
    public void read(String position, Rows rows) throws IOException, InterruptedException {
        int skip = position.equals(START) ? 0 : Integer.parseInt(position);
        int number = 0;
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(ROWS_A_FETCH);
            try (ResultSet result = statement.executeQuery(query)) {
                List<String> columns = columns(result.getMetaData());
                while (result.next()) {
                    number++;
                    if (number > skip) {
                        offer(rows, number, columns, result);
                        if (number % ROWS_A_POSITION == 0) {
                            rows.reached(Integer.toString(number));
                        }
                    }
                }
            }
        } catch (SQLException e) {
            throw address.failure(" fails after " + number + " rows of --query: ", e, isOutage(e));
        }
    }

    /** Returns the labels, and refuses two of one name: the documents would have one of the two values only. */
    private static List<String> columns(ResultSetMetaData result) throws SQLException {
        Set<String> columns = new LinkedHashSet<>();
        for (int i = 1; i <= result.getColumnCount(); i++) {
            String column = result.getColumnLabel(i);
            if (!columns.add(column)) {
                throw new InputException("two columns of --query are called " + column + ": rename one with AS");
            }
        }
        return List.copyOf(columns);
    }

    private static void offer(Rows rows, int number, List<String> columns, ResultSet result)
            throws SQLException, InterruptedException {
        try {
            JdbcValues values = new JdbcValues(rows.idMember());
            for (int i = 0; i < columns.size(); i++) {
                values.add(columns.get(i), result.getObject(i + 1));
            }
            rows.row(number, values.document());
        } catch (IllegalArgumentException problem) {
            rows.refused(number, String.valueOf(problem.getMessage()));
        }
    }

    /**
     * Returns whether the database cannot be reached, has no room, or goes down, by JDBC's types and the classes of states that
     * the SQL standard (08, but for 08004, a refusal) and PostgreSQL (53, 57P) have for it.
     */
    static boolean isOutage(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return e instanceof SQLTransientException
                || e instanceof SQLRecoverableException
                || (state.startsWith("08") && !state.equals("08004"))
                || state.startsWith("53")
                || state.startsWith("57P");
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException nothingWasWritten) {
            // Everything has been read, or the reason why not has been told.
        }
    }
}
