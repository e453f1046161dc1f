using System.Text;
using Checkers.Pdn;

namespace Checkers.Web;

/// <summary>The endpoint that reads a PDN file and returns the boards of its games.</summary>
internal static class PdnEndpoint
{
    /// <summary>The maximum size of a file in bytes.</summary>
    public const int MaxBytes = 256 * 1024;

    private const int MaxGames = 200;

    public static async Task<ShownGame[]> ReadAsync(HttpRequest request)
    {
        // Kestrel rejects a larger body. Old archives are not UTF-8, so some letters of names are lost.
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        return Read(await reader.ReadToEndAsync(request.HttpContext.RequestAborted));
    }

    public static ShownGame[] Read(string pdn)
    {
        using var reader = new StringReader(pdn);
        return [.. new PdnReader(reader).Read().Take(MaxGames).Select(static game => new ShownGame(
            game.Number, game.Tags, game.Result, [.. game.Boards.Select(static board => new ShownBoard(board.Position.ToString(), board.Move))],
            game.Fault is { } fault ? $"Line {fault.Line}, column {fault.Column}, move {fault.MoveNumber}: {fault.Text}" : null))];
    }
}
