// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.console;

import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns Ctrl-C and kill into an interrupt of one thread, which then stops what it runs in good order; a second signal
 * ends the process at once. Not a shutdown hook: ONNX Runtime has one too, which unloads what running models need, and
 * the process crashes. Until {@link #close}.
 */
public final class StopSignal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StopSignal.class);
    private static final List<String> NAMES = List.of("INT", "TERM", "HUP");

    private final Thread worker;
    private final AtomicBoolean requested = new AtomicBoolean();
    private final Map<String, Object> before = new HashMap<>();

    private StopSignal(Thread worker) {
        this.worker = worker;
    }

    /** Interrupts the thread that calls this. */
    public static StopSignal here() {
        StopSignal stop = new StopSignal(Thread.currentThread());
        for (String name : NAMES) {
            try {
                stop.before.put(name, handle(name, handler(stop::request)));
            } catch (ReflectiveOperationException e) {
                LOG.info("The signal {} ends the process at once", name, e); // as where the JVM leaves it alone (-Xrs)
            }
        }
        return stop;
    }

    private void request() {
        if (requested.compareAndSet(false, true)) {
            worker.interrupt();
        } else {
            Runtime.getRuntime().halt(ExitCode.STOPPED);
        }
    }

    /** The JDK has no other way to hear of signals, and its compiler warns of this one's names. */
    private static Object handler(Runnable action) throws ReflectiveOperationException {
        Class<?> type = Class.forName("sun.misc.SignalHandler");
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            if (method.getDeclaringClass() == Object.class) {
                return method.invoke(action, arguments);
            }
            action.run();
            return null;
        });
    }

    /** Returns the former handler. */
    private static Object handle(String name, Object handler) throws ReflectiveOperationException {
        Class<?> type = Class.forName("sun.misc.Signal");
        return type.getMethod("handle", type, Class.forName("sun.misc.SignalHandler"))
                .invoke(null, type.getConstructor(String.class).newInstance(name), handler);
    }

    @Override
    public void close() {
        before.forEach((name, handler) -> {
            try {
                Object unused = handle(name, handler);
            } catch (ReflectiveOperationException e) {
                LOG.info("The signal {} stays as it is", name, e);
            }
        });
    }
}
