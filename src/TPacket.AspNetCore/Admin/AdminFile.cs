using Microsoft.AspNetCore.Http;

namespace TPacket.AspNetCore.Admin;

/// <summary>A file of the page.</summary>
/// <param name="Path">Its path below the prefix.</param>
/// <param name="ContentType">Its type.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="Tag">The entity tag of the bytes.</param>
internal sealed record AdminFile(string Path, string ContentType, ReadOnlyMemory<byte> Content, string Tag)
{
    public Task WriteAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        // The page names its files relative to its own address, which therefore ends with a slash.
        if (Path.Length == 0 && !request.Path.Value!.EndsWith('/'))
        {
            response.Redirect(request.PathBase.Add(request.Path).ToUriComponent() + "/");
            return Task.CompletedTask;
        }

        // A browser asks whether a file is another than the one that it has.
        response.Headers.CacheControl = "no-cache";
        response.Headers.ETag = Tag;
        if (request.Headers.IfNoneMatch == Tag)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        response.ContentType = ContentType;
        response.ContentLength = Content.Length;
        return response.Body.WriteAsync(Content, context.RequestAborted).AsTask();
    }
}
