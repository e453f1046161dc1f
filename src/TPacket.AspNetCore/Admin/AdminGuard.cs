using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using TPacket.Server;

namespace TPacket.AspNetCore.Admin;

/// <summary>
/// Stands in front of the page and its API. A browser sends the operator's cookie with requests that a page elsewhere has made it send, so requests of other sites are refused. An action also needs a header that only a script of the same origin can
/// add unasked.
/// </summary>
internal static class AdminGuard
{
    /// <summary>The header of actions. Its value does not matter.</summary>
    public const string Header = "X-TPacket-Admin";

    private const long MaxBodyBytes = 16 * 1024;

    // Nothing comes from elsewhere, nothing runs that is not a file of the page, and text that is made into HTML is an error of the browser's.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    public static async Task HandleAsync(HttpContext context, RequestDelegate handler)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
        if (Refuse(context) is var (status, reason) && status != 0)
        {
            await AdminAnswer.WriteErrorAsync(context, status, reason).ConfigureAwait(false);
            return;
        }

        try
        {
            await handler(context).ConfigureAwait(false);
        }
        catch (RoomStoreException e) when (!context.Response.HasStarted)
        {
            await AdminAnswer.WriteErrorAsync(context, StatusCodes.Status503ServiceUnavailable, e.Message).ConfigureAwait(false);
        }
        catch (JsonException) when (!context.Response.HasStarted)
        {
            await AdminAnswer.WriteErrorAsync(context, StatusCodes.Status400BadRequest, "The body is not the JSON that this action takes.").ConfigureAwait(false);
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await AdminAnswer.WriteErrorAsync(context, e.StatusCode, e.Message).ConfigureAwait(false);
        }
    }

    private static (int Status, string Reason) Refuse(HttpContext context)
    {
        var request = context.Request;
        if (context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            return (StatusCodes.Status403Forbidden, "AllowAnonymous() is not allowed on the admin page: give it a policy.");
        // A link from elsewhere may lead to the page, which acts only when its operator does.
        var isNavigation = HttpMethods.IsGet(request.Method) && request.Headers["Sec-Fetch-Mode"] == "navigate";
        if (!isNavigation && IsOfAnotherSite(request))
            return (StatusCodes.Status403Forbidden, "The request comes from a page of another site.");
        if (!HttpMethods.IsPost(request.Method))
            return default;
        if (!request.Headers.ContainsKey(Header))
            return (StatusCodes.Status403Forbidden, $"An action needs the header {Header}.");
        if (!request.HasJsonContentType())
            return (StatusCodes.Status415UnsupportedMediaType, "An action takes application/json.");
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
            body.MaxRequestBodySize = MaxBodyBytes;
        return request.ContentLength > MaxBodyBytes ? (StatusCodes.Status413PayloadTooLarge, $"An action has at most {MaxBodyBytes} bytes.") : default;
    }

    /// <summary>Today's browsers say by <c>Sec-Fetch-Site</c> where a request comes from, older ones by <c>Origin</c>; tools send neither.</summary>
    private static bool IsOfAnotherSite(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"];
        if (site.Count > 0)
            return site != "same-origin" && site != "none";
        // A proxy in front may have taken TLS off, so the scheme says nothing.
        return request.Headers.Origin is [var origin] && !(Uri.TryCreate(origin, UriKind.Absolute, out var page) && page.Authority == AuthorityOf(request));
    }

    private static string AuthorityOf(HttpRequest request)
    {
        var host = request.Host;
        return host.Port is 80 or 443 ? host.Host : host.Value ?? "";
    }
}
