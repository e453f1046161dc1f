namespace TPacket.Client;

/// <summary>A view of a game that a client has received, with the previous view.</summary>
/// <typeparam name="TBoard">The type of the boards as members see them.</typeparam>
/// <param name="Before">The previous view; null if the member has just entered the room or returned to it.</param>
/// <param name="View">The new view.</param>
public sealed record GameChange<TBoard>(GameView<TBoard>? Before, GameView<TBoard> View)
    where TBoard : class
{
    /// <summary>Whether a game has begun.</summary>
    public bool HasBegun => Before is not null && View.Game != Before.Game;

    /// <summary>Whether a seat has moved.</summary>
    public bool HasMoved => Before is not null && View.Moves > (HasBegun ? 0 : Before.Moves);

    /// <summary>Whether moves were taken back.</summary>
    public bool HasTakenBack => Before is not null && !HasBegun && View.Moves < Before.Moves;

    /// <summary>Whether the game has ended.</summary>
    public bool HasEnded => Before is not null && View.Result is not null && (HasBegun || Before.Result is null);
}
