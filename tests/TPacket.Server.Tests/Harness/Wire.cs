namespace TPacket.Server.Tests.Harness;

/// <summary>The numbers of docs/protocol.md, written a second time: a wrong number in the product fails a test.</summary>
internal static class Wire
{
    public const string MagicString = "magic string :)";

    public const int Nop = 0;
    public const int SetUserNick = 1;
    public const int SetRoom = 2;
    public const int RespOk = 3;
    public const int RespError = 4;
    public const int NewUser = 5;
    public const int DelUser = 6;
    public const int NewMsg = 7;
    public const int LoggedMsg = 8;
    public const int AcceptCommands = 10;
    public const int MemberCount = 11;
    public const int Session = 12;
    public const int Resume = 13;
    public const int Event = 14;
    public const int Snapshot = 15;
    public const int Presence = 16;
    public const int Receipt = 17;
    public const int MoveOn = 18;
    public const int Kick = 20;
    public const int Ban = 21;
    public const int Unban = 22;
    public const int Mute = 23;
    public const int Unmute = 24;
    public const int DeleteMsg = 25;
    public const int Invite = 26;
    public const int ListBans = 27;

    /// <summary>A command that no server in these tests handles.</summary>
    public const int Unknown = int.MaxValue;

    public const int ErrorUnknownCommand = -2;
    public const int ErrorNotUtf8 = -3;
    public const int ErrorInvalidArgument = -4;
    public const int ErrorHandlerFailed = -5;
    public const int ErrorRefused = -6;
    public const int ErrorStoreFailed = -7;
    public const int ErrorUnknown = -8;
    public const int ErrorTooOld = -9;
    public const int ErrorNickRequired = -10;
    public const int ErrorNickTaken = -11;
    public const int ErrorNickInvalid = -12;
    public const int ErrorNickTooLong = -13;
    public const int ErrorNickChangeNotAllowed = -14;
    public const int ErrorSessionUnknown = -15;
    public const int ErrorBanned = -16;
    public const int ErrorRoomNameInvalid = -20;
    public const int ErrorRoomNameTooLong = -21;
    public const int ErrorRoomChangeNotAllowed = -22;
    public const int ErrorNotInRoom = -23;
    public const int ErrorRoomFull = -24;
    public const int ErrorInvitationRequired = -25;
    public const int ErrorMessageTooLong = -30;
    public const int ErrorMuted = -31;
    public const int ErrorRateLimited = -40;
    public const int ErrorTryLater = -41;
}
