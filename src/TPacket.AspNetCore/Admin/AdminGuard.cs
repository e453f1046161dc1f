using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using TPacket.Server;

namespace TPacket.AspNetCore.Admin;

/// <summary>
/// Protects the page and its API against cross-site request forgery: a browser also sends the operator's cookie with requests that pages of other sites
/// initiate. The guard refuses these requests. An action also needs a header, which a script of another origin cannot add without a CORS preflight.
/// </summary>
internal static class AdminGuard
{
    /// <summary>The required header of actions, with any value.</summary>
    public const string Header = "X-TPacket-Admin";

    private const long MaxBodyBytes = 16 * 1024;

    // Allows only files of the page itself, and blocks the conversion of text to HTML.
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
            await AdminAnswer.WriteErrorAsync(context, StatusCodes.Status400BadRequest, "The body is not valid JSON for this action.").ConfigureAwait(false);
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
            return (StatusCodes.Status403Forbidden, "The admin page does not support AllowAnonymous(): give it a policy.");
        // Links of other sites may navigate to the page, which carries out no action by itself.
        var isNavigation = HttpMethods.IsGet(request.Method) && request.Headers["Sec-Fetch-Mode"] == "navigate";
        if (!isNavigation && IsOfAnotherSite(request))
            return (StatusCodes.Status403Forbidden, "The request comes from a page of another site.");
        if (!HttpMethods.IsPost(request.Method))
            return default;
        if (!request.Headers.ContainsKey(Header))
            return (StatusCodes.Status403Forbidden, $"An action needs the header {Header}.");
        if (!request.HasJsonContentType())
            return (StatusCodes.Status415UnsupportedMediaType, "The body of an action must be application/json.");
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
            body.MaxRequestBodySize = MaxBodyBytes;
        return request.ContentLength > MaxBodyBytes ? (StatusCodes.Status413PayloadTooLarge, $"The body of an action must be at most {MaxBodyBytes} bytes.") : default;
    }

    /// <summary>
    /// Returns whether a request comes from another site, by <c>Sec-Fetch-Site</c> or, from older browsers, <c>Origin</c>. Tools send neither.
    /// </summary>
    private static bool IsOfAnotherSite(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"];
        if (site.Count > 0)
            return site != "same-origin" && site != "none";
        // A proxy may terminate TLS, so the schemes are not compared.
        return request.Headers.Origin is [var origin] && !(Uri.TryCreate(origin, UriKind.Absolute, out var page) && page.Authority == AuthorityOf(request));
    }

    private static string AuthorityOf(HttpRequest request)
    {
        var host = request.Host;
        return host.Port is 80 or 443 ? host.Host : host.Value ?? "";
    }
}
