using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using TPacket.AspNetCore;
using TPacket.AspNetCore.Admin;
using TPacket.Server;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Extension methods that map tPacket endpoints to paths of an ASP.NET Core app.</summary>
public static class TPacketEndpointRouteBuilderExtensions
{
    private static readonly string[] _probes = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>
    /// Maps a path to the server that <c>AddTPacketServer</c> has added. Clients connect with WebSockets over HTTP/1.1 (RFC 6455)
    /// or HTTP/2 (RFC 8441), and share rooms with all other clients of the server. Conventions apply as to any endpoint:
    /// <c>RequireAuthorization()</c> restricts who may connect, and handlers and policies receive <c>HttpContext.User</c> as <see cref="IUser.Principal"/>.
    /// Cookie authentication answers unauthorized clients with 401 or 403 instead of a redirect.
    /// </summary>
    /// <param name="endpoints">The route builder, such as a <c>WebApplication</c>.</param>
    /// <param name="pattern">The route pattern.</param>
    /// <returns>The endpoint, for conventions.</returns>
    /// <exception cref="InvalidOperationException">There is no server, because <c>AddTPacketServer</c> was not called.</exception>
    public static IEndpointConventionBuilder MapTPacket(this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        var services = endpoints.ServiceProvider;
        var server = ServerOf(services);
        var endpoint = new WebSocketEndpoint(
            server.AddHttpEndpoint(), services.GetRequiredService<TimeProvider>(), services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        // A WebSocket client need not follow redirects (RFC 6455, section 4.1), so the endpoint answers with 401 or 403.
        return endpoints.Map(pattern, endpoint.InvokeAsync).WithDisplayName($"tPacket {pattern}").DisableCookieRedirect();
    }

    /// <summary>
    /// Maps endpoints for the probes of load balancers and orchestrators. <c>PREFIX/live</c> answers with 200 while the process runs.
    /// <c>PREFIX/ready</c> answers with 200 if the server accepts new clients, and otherwise with 503 and the reason: the <see cref="TPacketServer.State"/> in
    /// lower case, or <c>unhealthy</c> if a health check with the tag <c>ready</c> fails. Only <c>ready</c> runs health checks.
    /// </summary>
    /// <param name="endpoints">The route builder, such as a <c>WebApplication</c>.</param>
    /// <param name="prefix">The prefix of both paths.</param>
    /// <returns>Both endpoints, for conventions such as <c>AllowAnonymous()</c> and <c>RequireHost("*:8081")</c>.</returns>
    /// <exception cref="InvalidOperationException">There is no server, because <c>AddTPacketServer</c> was not called.</exception>
    public static IEndpointConventionBuilder MapTPacketHealth(this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string prefix = "/health")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        var health = new HealthEndpoints(ServerOf(endpoints.ServiceProvider), endpoints.ServiceProvider.GetService<HealthCheckService>());
        var group = endpoints.MapGroup(prefix);
        group.MapMethods("/live", _probes, HealthEndpoints.LiveAsync).WithDisplayName("tPacket live");
        group.MapMethods("/ready", _probes, health.ReadyAsync).WithDisplayName("tPacket ready");
        return group;
    }

    /// <summary>
    /// Maps the admin page and its API (docs/deployment.md, The admin page). They show servers, rooms, connections and rates live,
    /// and let an operator announce, kick users, close rooms and drain servers. They cover all servers that share a store.
    /// </summary>
    /// <remarks>
    /// The page requires an authorization policy by name, not the app's default policy, which would admit every signed-in user. With <c>AllowAnonymous()</c>
    /// the page answers every request with 403. The server logs each action with the operator's name before the action begins, and then its outcome.
    /// </remarks>
    /// <param name="endpoints">The route builder, such as a <c>WebApplication</c>.</param>
    /// <param name="prefix">The path of the page.</param>
    /// <param name="policy">The name of the authorization policy that requests must satisfy.</param>
    /// <returns>The endpoints, for conventions such as <c>RequireHost("*:8081")</c>.</returns>
    /// <exception cref="InvalidOperationException">
    /// There is no server, because <c>AddTPacketServer</c> was not called; or the app has no policy with this name.
    /// </exception>
    public static IEndpointConventionBuilder MapTPacketAdmin(this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string prefix = "/admin", string policy = "TPacketAdmin")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        ArgumentException.ThrowIfNullOrEmpty(policy);
        ServerOf(endpoints.ServiceProvider);
        return AdminEndpoints.Map(endpoints, prefix, policy);
    }

    private static TPacketServer ServerOf(IServiceProvider services) => services.GetService<TPacketServer>()
        ?? throw new InvalidOperationException("There is no tPacket server: call builder.Services.AddTPacketServer() first.");
}
