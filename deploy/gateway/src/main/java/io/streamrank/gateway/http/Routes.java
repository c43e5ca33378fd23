// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.http;

import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.streamrank.gateway.api.CohereFormat;
import io.streamrank.gateway.api.VoyageFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** Lists what the gateway answers. */
final class Routes {
    /** Lets a page load only what comes from the gateway, and nobody frame it. */
    static final String PAGE_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
            + " connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /** Swagger UI sets styles of elements. */
    private static final String DOCS_POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
            + " img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /** Begins the paths whose errors have Voyage's form, those too that no handler writes. */
    static final String VOYAGE = "/voyage/";

    private static final String SWAGGER_UI = "META-INF/resources/webjars/swagger-ui/5.34.1/";

    private Routes() {}

    static List<Route> of(GatewayServices services, HttpSettings settings, LongSupplier nanoClock) {
        GatewayStatus status = services.status();
        RequestBodies bodies = new RequestBodies(settings, nanoClock);
        RerankHandler rerank = new RerankHandler(services.queries(), services.timeouts(), bodies);
        SearchHandler search = new SearchHandler(services.queries(), services.timeouts(), bodies);
        DocumentsHandler upload = new DocumentsHandler(services.documents(), bodies);
        CohereFormat v1 = new CohereFormat("1");
        CohereFormat v2 = new CohereFormat("2");
        VoyageFormat voyage = new VoyageFormat();
        List<Route> routes = new ArrayList<>();
        routes.add(post("/v2/rerank", context -> rerank.answer(context, v2)));
        routes.add(post("/v1/rerank", context -> rerank.answer(context, v1)));
        routes.add(post("/rerank", context -> rerank.answerByBody(context, v1)));
        routes.add(post(VOYAGE + "v1/rerank", context -> rerank.answer(context, voyage)));
        routes.add(post("/v1/search", search::answer));
        routes.add(new Route(HandlerType.POST, "/v1/documents", Access.DOCUMENTS, upload::upload));
        routes.add(new Route(HandlerType.DELETE, "/v1/documents/{id}", Access.DOCUMENTS, upload::delete));
        routes.add(new Route(
                HandlerType.GET,
                "/v1/models",
                Access.QUERIES,
                context -> Exchange.json(context, 200, status.models())));
        routes.add(new Route(
                HandlerType.GET, "/info", Access.QUERIES, context -> Exchange.json(context, 200, status.info())));
        routes.add(get(
                "/health",
                context -> Exchange.json(context, status.connected().getAsBoolean() ? 200 : 503, status.health())));
        routes.add(get("/metrics", context -> {
            context.contentType("text/plain; version=0.0.4; charset=utf-8");
            context.result(services.metrics().text());
        }));
        var openApi = OpenApi.json();
        routes.add(get("/openapi.json", context -> Exchange.json(context, 200, openApi)));
        addFiles(routes);
        return routes;
    }

    private static void addFiles(List<Route> routes) {
        StaticFiles page = new StaticFiles("io/streamrank/gateway/page/", PAGE_POLICY);
        StaticFiles docs = new StaticFiles("io/streamrank/gateway/docs/", DOCS_POLICY);
        StaticFiles swagger = new StaticFiles(SWAGGER_UI, DOCS_POLICY);
        routes.add(get("/docs", context -> docs.send(context, "docs.html")));
        routes.add(get("/docs/docs.js", context -> docs.send(context, "docs.js")));
        routes.add(get("/docs/{file}", context -> swagger.send(context, context.pathParam("file"))));
        routes.add(get("/", context -> page.send(context, "index.html")));
        routes.add(get("/{file}", context -> page.send(context, context.pathParam("file"))));
    }

    private static Route get(String path, Handler handler) {
        return new Route(HandlerType.GET, path, Access.PUBLIC, handler);
    }

    private static Route post(String path, Handler handler) {
        return new Route(HandlerType.POST, path, Access.QUERIES, handler);
    }
}
