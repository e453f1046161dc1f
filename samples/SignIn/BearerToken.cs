using Microsoft.AspNetCore.Authentication.JwtBearer;

namespace SignIn;

/// <summary>Where a browser, which cannot set headers of a WebSocket's request, puts its token. One in the header <c>Authorization</c> is found by ASP.NET Core itself.</summary>
internal static class BearerToken
{
    /// <summary>The parameter of the query (RFC 6750, section 2.3).</summary>
    public const string QueryName = "access_token";

    /// <summary>The prefix of a subprotocol that carries a token. A JSON Web Token has only characters that a subprotocol may have.</summary>
    public const string SubprotocolPrefix = "bearer.";

    /// <summary>Takes the token of a request.</summary>
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
