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

/// <summary>Maps tPacket to paths of an ASP.NET Core app.</summary>
public static class TPacketEndpointRouteBuilderExtensions
{
    private static readonly string[] _probes = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>
    /// Serves tPacket at a path, over WebSockets on HTTP/1.1 and HTTP/2, to the rooms of the server that <c>AddTPacketServer</c> has added. Conventions apply as to any other endpoint:
    /// <c>RequireAuthorization()</c> decides who may connect, and handlers and policies see <c>HttpContext.User</c> as <see cref="IUser.Principal"/>. Cookie authentication answers a client that may not connect with 401 or
    /// 403 and does not redirect it to a page.
    /// </summary>
    /// <param name="endpoints">The app.</param>
    /// <param name="pattern">The route's pattern.</param>
    /// <exception cref="InvalidOperationException">There is no server: <c>AddTPacketServer</c> was not called.</exception>
    public static IEndpointConventionBuilder MapTPacket(this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        var services = endpoints.ServiceProvider;
        var server = ServerOf(services);
        var endpoint = new WebSocketEndpoint(
            server.AddHttpEndpoint(), services.GetRequiredService<TimeProvider>(), services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        // No client of WebSockets follows a redirect (RFC 6455, section 4.1, leaves that to it), and only 401 and 403 say what is wrong.
        return endpoints.Map(pattern, endpoint.InvokeAsync).WithDisplayName($"tPacket {pattern}").DisableCookieRedirect();
    }

    /// <summary>
    /// Answers the probes of load balancers and orchestrators. <c>PREFIX/live</c> is 200 while the process answers. <c>PREFIX/ready</c> is 200 where the server should get new clients, and else 503 with the reason as a word: the
    /// <see cref="TPacketServer.State"/> in lower case, or <c>unhealthy</c> where a health check with the tag <c>ready</c> says so. Health checks are asked by <c>ready</c> alone.
    /// </summary>
    /// <param name="endpoints">The app.</param>
    /// <param name="prefix">The beginning of both paths.</param>
    /// <returns>Both endpoints, for conventions such as <c>AllowAnonymous()</c> and <c>RequireHost("*:8081")</c>.</returns>
    /// <exception cref="InvalidOperationException">There is no server: <c>AddTPacketServer</c> was not called.</exception>
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
    /// Serves a page for operators, and its API: servers, rooms, connections and rates, live; announcements, kicks, closing a room and draining a server. It shows and acts on all servers that share a store.
    /// </summary>
    /// <remarks>
    /// The policy says who may use it. The default policy of an app is not asked: it lets everybody in who has signed in, users of the chat among them. <c>AllowAnonymous()</c> does not open the page: each request is answered with 403 then.
    /// Every action is logged with the operator's name before it begins, and its outcome is logged after it.
    /// </remarks>
    /// <param name="endpoints">The app.</param>
    /// <param name="prefix">The path of the page.</param>
    /// <param name="policy">The name of the authorization policy that a request has to meet.</param>
    /// <returns>The endpoints, for conventions such as <c>RequireHost("*:8081")</c>.</returns>
    /// <exception cref="InvalidOperationException">There is no server: <c>AddTPacketServer</c> was not called. Or the app has no policy of that name.</exception>
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
