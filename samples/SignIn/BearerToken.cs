using Microsoft.AspNetCore.Authentication.JwtBearer;

namespace SignIn;

/// <summary>
/// Reads tokens from the query and the subprotocols, since browsers cannot set headers of a WebSocket request. ASP.NET Core itself reads the
/// header <c>Authorization</c>.
/// </summary>
internal static class BearerToken
{
    /// <summary>The query parameter (RFC 6750, section 2.3).</summary>
    public const string QueryName = "access_token";

    /// <summary>The prefix of a subprotocol with a token. All characters of a JSON Web Token are valid in a subprotocol.</summary>
    public const string SubprotocolPrefix = "bearer.";

    /// <summary>Sets the token of a request.</summary>
    public static Task TakeAsync(MessageReceivedContext context)
    {
        context.Token = FromSubprotocols(context.Request) ?? context.Request.Query[QueryName];
        return Task.CompletedTask;
    }

    private static string? FromSubprotocols(HttpRequest request) => request.Headers.SecWebSocketProtocol
        .SelectMany(static line => (line ?? "").Split(',', StringSplitOptions.TrimEntries))
        .FirstOrDefault(static offer => offer.StartsWith(SubprotocolPrefix, StringComparison.Ordinal))
        ?[SubprotocolPrefix.Length..];
}
