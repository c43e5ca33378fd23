// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.http;

import io.javalin.http.Handler;
import io.javalin.http.HandlerType;

/** Holds what answers a method of a path. */
record Route(HandlerType method, String path, Access access, Handler handler) {}
