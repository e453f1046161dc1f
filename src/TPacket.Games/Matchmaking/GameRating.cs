using TPacket.Server;

namespace TPacket.Games;

/// <summary>Rates a member that looks for an opponent.</summary>
/// <param name="member">The member.</param>
/// <param name="game">The beginning of the names of the game's rooms.</param>
/// <param name="claimed">The rating that the member's client has sent; 0 where it has sent none. Anybody can send any number.</param>
/// <returns>The rating, -100,000 to 100,000; null to refuse the member.</returns>
public delegate int? GameRating(RoomMember member, string game, int claimed);
