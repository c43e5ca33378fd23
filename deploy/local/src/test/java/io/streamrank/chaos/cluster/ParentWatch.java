// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos.cluster;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Runs another main class, and ends the process at once when the one that started it is gone, however that ended: its
 * end of our standard input is closed by the kernel. Alone in a jar at the head of each process's class path.
 */
public final class ParentWatch {
    private ParentWatch() {}

    /** The class to run, then its arguments. */
    public static void main(String[] args) throws ReflectiveOperationException {
        Thread watch = new Thread(ParentWatch::endWithParent, "parent-watch");
        watch.setDaemon(true);
        watch.start();
        String[] rest = new String[args.length - 1];
        System.arraycopy(args, 1, rest, 0, rest.length);
        Class.forName(args[0]).getMethod("main", String[].class).invoke(null, (Object) rest);
    }

    private static void endWithParent() {
        try {
            System.in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException gone) {
            System.err.println("parent watch: " + gone);
        }
        Runtime.getRuntime().halt(143);
    }
}
