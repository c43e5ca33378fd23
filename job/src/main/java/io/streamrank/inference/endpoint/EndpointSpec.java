// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.endpoint;

import java.io.Serializable;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Says where requests go and how many may.
 *
 * @param name of the model, for messages
 * @param address of the operation, without user and password
 * @param key null for an endpoint that wants none
 * @param requestTimeout for one attempt, from its start to the end of the answer's body
 */
public record EndpointSpec(
        String name, URI address, @Nullable SecretReference key, EndpointLimits limits, Duration requestTimeout)
        implements Serializable {}
