using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace TPacket.AspNetCore.Admin;

/// <summary>Writes the responses of the API.</summary>
internal static class AdminAnswer
{
    public static Task WriteAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type) => context.Response.WriteAsJsonAsync(value, type, cancellationToken: context.RequestAborted);

    public static Task WriteErrorAsync(HttpContext context, int status, string reason)
    {
        context.Response.StatusCode = status;
        return WriteAsync(context, new AdminError(reason), AdminJson.Default.AdminError);
    }
}
