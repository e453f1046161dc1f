using System.Text;
using Checkers.Pdn;

namespace Checkers.Web;

/// <summary>Reads PDN for the page: the boards of each game, as a replay has them.</summary>
internal static class PdnEndpoint
{
    /// <summary>The longest file.</summary>
    public const int MaxBytes = 256 * 1024;

    private const int MaxGames = 200;

    public static async Task<ShownGame[]> ReadAsync(HttpRequest request)
    {
        // Kestrel refuses a longer body. Old archives are not UTF-8; their names lose some letters then.
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
