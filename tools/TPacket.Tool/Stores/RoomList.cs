using System.Text.Json;
using TPacket.Tool.Commands;

namespace TPacket.Tool.Stores;

/// <summary>Loads a list of rooms over HTTP: an array of objects with <c>name</c> and <c>members</c>, case-insensitive.</summary>
internal static class RoomList
{
    // A larger response is not a list of rooms.
    private const int MaxBytes = 16 * 1024 * 1024;

    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web);

    /// <summary>Loads a list.</summary>
    /// <exception cref="ToolException">The response is not a list.</exception>
    public static async Task<IReadOnlyList<StoredRoom>> LoadAsync(Uri address, IReadOnlyList<KeyValuePair<string, string>> headers, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { MaxResponseContentBufferSize = MaxBytes, Timeout = TimeSpan.FromSeconds(30) };
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            if (!response.IsSuccessStatusCode)
                throw new ToolException($"The server answered {(int)response.StatusCode} {response.ReasonPhrase}. {Advice((int)response.StatusCode)}");
            var rooms = JsonSerializer.Deserialize<ListedRoom?[]>(await response.Content.ReadAsStringAsync(cancellationToken), _json);
            return rooms is null || rooms.Any(static room => room?.Name is null || room.Members is null)
                ? throw NoList()
                : [.. rooms.Select(static room => new StoredRoom(room!.Name!, room.Members!.Value))];
        }
        catch (JsonException)
        {
            throw NoList();
        }
        catch (HttpRequestException e)
        {
            throw new ToolException($"The server cannot be reached: {e.Message}", e);
        }
        catch (TaskCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ToolException("The server did not answer within 30 s.", e);
        }
    }

    private static string Advice(int status) => status switch
    {
        401 or 403 => "Pass credentials, such as --header \"Authorization: Bearer …\".",
        404 => "Check the path. The app determines the path of its list of rooms, such as /rooms.",
        _ => "See the server's log.",
    };

    private static ToolException NoList() => new("The response is not a list of rooms: a JSON array of objects with name and members.");

    private sealed record ListedRoom(string? Name, long? Members);
}
