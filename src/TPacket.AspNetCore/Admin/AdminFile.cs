using Microsoft.AspNetCore.Http;

namespace TPacket.AspNetCore.Admin;

/// <summary>A file of the admin page.</summary>
/// <param name="Path">The path below the prefix.</param>
/// <param name="ContentType">The media type.</param>
/// <param name="Content">The bytes.</param>
/// <param name="Tag">The entity tag.</param>
internal sealed record AdminFile(string Path, string ContentType, ReadOnlyMemory<byte> Content, string Tag)
{
    public Task WriteAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        // The page refers to its files by relative paths, so its address must end with a slash.
        if (Path.Length == 0 && !request.Path.Value!.EndsWith('/'))
        {
            response.Redirect(request.PathBase.Add(request.Path).ToUriComponent() + "/");
            return Task.CompletedTask;
        }

        // The browser revalidates its cached copy by the entity tag.
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
