using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TPacket.AspNetCore;
using TPacket.Server;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps tPacket to paths of an ASP.NET Core app.</summary>
public static class TPacketEndpointRouteBuilderExtensions
{
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
        var server = services.GetService<TPacketServer>()
            ?? throw new InvalidOperationException("There is no tPacket server: call builder.Services.AddTPacketServer() first.");
        var gateway = new Gateway(
            server.AddHttpEndpoint(), services.GetRequiredService<TimeProvider>(), services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        // No client of WebSockets follows a redirect (RFC 6455, section 4.1, leaves that to it), and only 401 and 403 say what is wrong.
        return endpoints.Map(pattern, gateway.InvokeAsync).WithDisplayName($"tPacket {pattern}").DisableCookieRedirect();
    }
}
