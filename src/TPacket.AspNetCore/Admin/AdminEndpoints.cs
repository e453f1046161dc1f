using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TPacket.Server;

namespace TPacket.AspNetCore.Admin;

/// <summary>Maps the admin page and its API below a prefix.</summary>
internal static class AdminEndpoints
{
    private static readonly string[] _get = [HttpMethods.Get];
    private static readonly string[] _post = [HttpMethods.Post];

    /// <summary>Maps the page and the API.</summary>
    /// <exception cref="InvalidOperationException">The app has no such policy.</exception>
    public static IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints, string prefix, string policy)
    {
        var services = endpoints.ServiceProvider;
        ThrowIfMissing(services.GetService<IAuthorizationPolicyProvider>(), policy);
        var admin = services.GetRequiredService<IClusterAdmin>();
        var cluster = services.GetRequiredService<ICluster>();
        var feed = new AdminFeed(admin, cluster, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        var queries = new AdminQueries(admin, cluster, feed);
        var actions = new AdminActions(admin, cluster, services.GetRequiredService<ILoggerFactory>().CreateLogger(AdminLog.Category));

        var group = endpoints.MapGroup(prefix);
        group.RequireAuthorization(policy);
        foreach (var file in AdminPage.Files)
            Map(group, $"/{file.Path}", _get, file.WriteAsync);

        var api = group.MapGroup("/api");
        api.DisableCookieRedirect();
        Map(api, "/servers", _get, queries.ServersAsync);
        Map(api, "/rooms", _get, queries.RoomsAsync);
        Map(api, "/connections", _get, queries.ConnectionsAsync);
        Map(api, "/events", _get, feed.StreamAsync);
        Map(api, "/announce", _post, actions.AnnounceAsync);
        Map(api, "/kick", _post, actions.KickAsync);
        Map(api, "/close", _post, actions.CloseAsync);
        Map(api, "/drain", _post, actions.DrainAsync);
        return group;
    }

    private static void Map(RouteGroupBuilder group, string pattern, string[] methods, RequestDelegate handler) =>
        group.MapMethods(pattern, methods, context => AdminGuard.HandleAsync(context, handler)).WithDisplayName($"tPacket admin {pattern}");

    private static void ThrowIfMissing(IAuthorizationPolicyProvider? policies, string policy)
    {
        if (policies?.GetPolicyAsync(policy).GetAwaiter().GetResult() is null)
        {
            throw new InvalidOperationException(
                $"The tPacket admin page requires the authorization policy '{policy}', which the app does not have. Call builder.Services.AddAuthorizationBuilder().AddPolicy(\"{policy}\", policy => policy.RequireRole(...)) first.");
        }
    }
}
