// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.report;

import com.samskivert.mustache.Mustache;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Renders reports as HTML pages that need nothing else, from Mustache templates that are resources. */
final class HtmlReport {
    /** Escapes what it inserts: a user's text must not be taken for markup. */
    private static final Mustache.Compiler MUSTACHE = Mustache.compiler().withLoader(HtmlReport::template);

    private HtmlReport() {}

    /**
     * Renders a template.
     *
     * @param name {@code package/name} of the resource {@code /io/streamrank/package/name.mustache}
     * @param model an object whose methods without arguments give what the template names, e.g. a record
     */
    static String render(String name, Object model) {
        try (Reader source = template(name)) {
            return MUSTACHE.compile(source).execute(model);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the template " + name, e);
        }
    }

    private static Reader template(String name) {
        String path = "/io/streamrank/" + name + ".mustache";
        return new InputStreamReader(
                Objects.requireNonNull(HtmlReport.class.getResourceAsStream(path), path + " is not on the class path"),
                StandardCharsets.UTF_8);
    }
}
