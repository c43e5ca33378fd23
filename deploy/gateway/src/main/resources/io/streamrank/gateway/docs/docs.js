// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
SwaggerUIBundle({ url: "/openapi.json", dom_id: "#swagger-ui", deepLinking: true, validatorUrl: null });
